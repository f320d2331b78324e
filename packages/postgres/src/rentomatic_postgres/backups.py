"""Backups of a database: files in a folder, each whole under its name or not there."""

import fcntl
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import URL, Connection, inspect, text

from rentomatic.errors import InvalidRequest, Problem
from rentomatic_postgres.archives import Contents, checksum_of, digest, read_archive
from rentomatic_postgres.client_programs import programs_of, reach
from rentomatic_postgres.engine import owner_engine
from rentomatic_postgres.failures import translated

TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"(?P<database>.+)-(?P<made>\d{8}T\d{6}Z)-(?P<revision>\w+)\.dump")
UNFINISHED = ".unfinished"
NO_REVISION = "none"

ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WITHOUT_LIMITS = text(
    "SELECT set_config(name, '0', true) FROM unnest(ARRAY['statement_timeout',"
    " 'idle_in_transaction_session_timeout']) AS name"
)
PATIENCE = text("SELECT set_config('lock_timeout', :seconds, false)")


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


def find_backup(folder: Path, name: str) -> Path:
    """Return the backup of that name, or the file, or raise InvalidRequest."""
    for file in (folder / name, Path(name)):
        if file.is_file():
            return file
    message = f"Is neither a backup in {folder} nor a file"
    raise InvalidRequest([Problem(name, message)])


def make_backup(url: URL, folder: Path, lock_seconds: int) -> tuple[Path, Contents]:
    """Write a backup, read it to its end, and only then give it its name.

    Raises ChildProcessError when pg_dump cannot, or when the file does not hold as many rooms as
    the database, and RepositoryUnavailable when somebody has locked the tables.
    """
    with _alone_in(folder), _snapshot(url) as (connection, snapshot):
        contents = look(connection, lock_seconds)
        programs = programs_of(connection)
        unfinished = folder / f".{os.getpid()}{UNFINISHED}"
        unfinished.touch(mode=0o600)
        try:
            _dump(url, programs, unfinished, snapshot, lock_seconds)
            if read_archive(unfinished, programs) != contents:
                raise ChildProcessError("The backup does not hold what the database does")
            file = _free_name(folder, str(url.database), contents.revision or NO_REVISION)
            _publish(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)
    return file, contents


def prune(folder: Path, database: str, keep: int) -> list[Path]:
    """Remove all but so many backups of a database, the oldest ones, and return what is gone."""
    ours = [each.file for each in list_backups(folder) if each.database == quoted(database)]
    for file in ours[keep:]:
        file.unlink()
        checksum_of(file).unlink(missing_ok=True)
    return ours[keep:]


def look(connection: Connection, lock_seconds: int) -> Contents:
    """Return what the database holds, as soon as nobody has locked it, but within some seconds."""
    connection.execute(PATIENCE, {"seconds": f"{lock_seconds}s"})
    tables = inspect(connection).get_table_names("public")
    revision = "SELECT max(version_num) FROM public.alembic_version"
    return Contents(
        connection.scalar(text(revision)) if "alembic_version" in tables else None,
        connection.scalar(text("SELECT count(*) FROM public.room")) if "room" in tables else None,
    )


def made(file: Path) -> datetime:
    """Return when a backup was made: what its name says, or its file where the name does not."""
    backup = _backup(file, NAME.fullmatch(file.name))
    return backup.made if backup else datetime.fromtimestamp(file.stat().st_mtime, UTC)


def quoted(database: str) -> str:
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


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Be the only one who writes to the folder, and clean up what a killed backup has left."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(f".*{UNFINISHED}"):
            left.unlink()
        yield


@contextmanager
def _snapshot(url: URL) -> Iterator[tuple[Connection, str]]:
    """Lend a connection that sees one moment, and the name by which others see the same."""
    with owner_engine(url) as engine, translated(), engine.connect() as connection:
        connection.execution_options(**ONE_MOMENT)
        connection.execute(WITHOUT_LIMITS)
        yield connection, str(connection.scalar(text("SELECT pg_export_snapshot()")))


def _dump(url: URL, programs: Path, file: Path, snapshot: str, lock_seconds: int) -> None:
    target, environ = reach(url)
    options = (f"--snapshot={snapshot}", f"--lock-wait-timeout={lock_seconds}s", f"--file={file}")
    connecting = ("--no-password", f"--dbname={target}")
    command = (programs / "pg_dump", "--format=custom", *connecting, *options)
    done = subprocess.run(command, env=environ, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise ChildProcessError(done.stderr.strip())


def _free_name(folder: Path, database: str, revision: str) -> Path:
    """Return a name with the time that it is, or the next second that none has."""
    moment = datetime.now(UTC)
    while list(folder.glob(f"*-{moment.strftime(TIME)}-*")):
        moment += timedelta(seconds=1)
    return folder / f"{quoted(database)}-{moment.strftime(TIME)}-{revision}.dump"


def _publish(unfinished: Path, file: Path) -> None:
    """Give a file, which pg_dump has brought to the disk, its name and its checksum."""
    checksum = checksum_of(file)
    checksum.write_text(f"{digest(unfinished)}  {file.name}\n", "utf-8")
    unfinished.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
