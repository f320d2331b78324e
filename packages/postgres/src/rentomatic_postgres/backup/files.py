"""Backup files: names, lookup, retention, and the lock of their folder."""

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from rentomatic.errors import InvalidRequest, Problem

TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"(?P<database>.+)-(?P<created>\d{8}T\d{6}Z)-(?P<revision>\w+)\.dump")


UNFINISHED = ".unfinished"


class Backup(NamedTuple):
    """A backup file, with the database, time and revision from its name."""

    file: Path
    database: str
    created: datetime
    revision: str


def checksum_of(file: Path) -> Path:
    """Return the path of the checksums, in the format of `sha256sum`."""
    return file.with_name(f"{file.name}.sha256")


def photos_of(file: Path) -> Path:
    """Return the path of the list of photos, in the format of `sha256sum`."""
    return file.with_name(f"{file.name}.photos")


def digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder, and delete the files of killed backups."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for unfinished in folder.rglob(f".*{UNFINISHED}"):
            unfinished.unlink()
        yield


def list_backups(folder: Path) -> list[Backup]:
    """Return the backups in a folder, newest first."""
    backups = [backup for file in folder.glob("*.dump") if (backup := _parse(file))]
    return sorted(backups, key=lambda backup: (backup.created, backup.file.name), reverse=True)


def backups_of(folder: Path, database: str) -> list[Backup]:
    """Return the backups of one database, newest first."""
    return [each for each in list_backups(folder) if each.database == _quoted(database)]


def find_backup(folder: Path, name: str) -> Path:
    """Find a backup by its name in the folder, or by its path; raise InvalidRequest if missing."""
    for file in (folder / name, Path(name)):
        if file.is_file():
            return file
    message = f"must be a backup in {folder} or a file"
    raise InvalidRequest([Problem(name, message)])


def prune(folder: Path, database: str, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups of a database; return the deleted files."""
    deleted = [each.file for each in backups_of(folder, database)[keep:]]
    for file in deleted:
        file.unlink()
        checksum_of(file).unlink(missing_ok=True)
        photos_of(file).unlink(missing_ok=True)
    return deleted


def creation_time(file: Path) -> datetime:
    """Return the time in the name of a backup, or else its modification time."""
    backup = _parse(file)
    return backup.created if backup else datetime.fromtimestamp(file.stat().st_mtime, UTC)


def new_path(folder: Path, database: str, revision: str) -> Path:
    """Return an unused path for a backup, with the current time or the next free second."""
    moment = datetime.now(UTC)
    while list(folder.glob(f"*-{moment.strftime(TIME)}-*")):
        moment += timedelta(seconds=1)
    return folder / f"{_quoted(database)}-{moment.strftime(TIME)}-{revision}.dump"


def _quoted(database: str) -> str:
    return quote(database, safe="")


def _parse(file: Path) -> Backup | None:
    name = NAME.fullmatch(file.name)
    if name is None:
        return None
    try:
        created = datetime.strptime(name["created"], TIME).replace(tzinfo=UTC)
    except ValueError:  # such as 31 February
        return None
    return Backup(file, name["database"], created, name["revision"])
