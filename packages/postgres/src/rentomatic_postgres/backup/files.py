"""The files of backups: what their names say, and which of them go."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from rentomatic.errors import InvalidRequest, Problem
from rentomatic_postgres.backup.archives import checksum_of

TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"(?P<database>.+)-(?P<made>\d{8}T\d{6}Z)-(?P<revision>\w+)\.dump")


class Backup(NamedTuple):
    """A file that holds a database, and what its name says: whose, when, and which revision."""

    file: Path
    database: str
    made: datetime
    revision: str


def list_backups(folder: Path) -> list[Backup]:
    """Return the backups in a folder, the newest first."""
    found = [_backup(file, NAME.fullmatch(file.name)) for file in folder.glob("*.dump")]
    there = [backup for backup in found if backup is not None]
    return sorted(there, key=lambda backup: (backup.made, backup.file.name), reverse=True)


def backups_of(folder: Path, database: str) -> list[Backup]:
    """Return the backups of a database in a folder, the newest first."""
    return [each for each in list_backups(folder) if each.database == _quoted(database)]


def find_backup(folder: Path, name: str) -> Path:
    """Return the backup of that name, or the file, or raise InvalidRequest."""
    for file in (folder / name, Path(name)):
        if file.is_file():
            return file
    message = f"Is neither a backup in {folder} nor a file"
    raise InvalidRequest([Problem(name, message)])


def prune(folder: Path, database: str, keep: int) -> list[Path]:
    """Remove all but so many backups of a database, the oldest ones, and return what is gone."""
    gone = [each.file for each in backups_of(folder, database)[keep:]]
    for file in gone:
        file.unlink()
        checksum_of(file).unlink(missing_ok=True)
    return gone


def made(file: Path) -> datetime:
    """Return when a backup was made: what its name says, or its file where the name does not."""
    backup = _backup(file, NAME.fullmatch(file.name))
    return backup.made if backup else datetime.fromtimestamp(file.stat().st_mtime, UTC)


def free_name(folder: Path, database: str, revision: str) -> Path:
    """Return a name with the time that it is, or the next second that none has."""
    moment = datetime.now(UTC)
    while list(folder.glob(f"*-{moment.strftime(TIME)}-*")):
        moment += timedelta(seconds=1)
    return folder / f"{_quoted(database)}-{moment.strftime(TIME)}-{revision}.dump"


def _quoted(database: str) -> str:
    """Return the name of a database as a file's name may have it."""
    return quote(database, safe="")


def _backup(file: Path, name: re.Match[str] | None) -> Backup | None:
    if name is None:
        return None
    try:
        made = datetime.strptime(name["made"], TIME).replace(tzinfo=UTC)
    except ValueError:  # such as the 31st of February
        return None
    return Backup(file, name["database"], made, name["revision"])
