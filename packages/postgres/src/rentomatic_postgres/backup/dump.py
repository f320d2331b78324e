"""Making a backup: it is whole under its name, or not there."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text

from rentomatic_postgres.backup.archives import Contents, checksum_of, digest, read_archive
from rentomatic_postgres.backup.client_programs import programs_of, reach
from rentomatic_postgres.backup.files import free_name
from rentomatic_postgres.connections import owner_engine
from rentomatic_postgres.errors import translated

UNFINISHED = ".unfinished"
NO_REVISION = "none"
DEFAULT_PORT = 5432

ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WITHOUT_LIMITS = text(
    "SELECT set_config(name, '0', true) FROM unnest(ARRAY['statement_timeout',"
    " 'idle_in_transaction_session_timeout']) AS name"
)
PATIENCE = text("SELECT set_config('lock_timeout', :seconds, false)")


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
            _dump(_same_server(url, connection), programs, unfinished, snapshot, lock_seconds)
            if read_archive(unfinished, programs) != contents:
                raise ChildProcessError("The backup does not hold what the database does")
            file = free_name(folder, str(url.database), contents.revision or NO_REVISION)
            _publish(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)
    return file, contents


def look(connection: Connection, lock_seconds: int) -> Contents:
    """Return what the database holds, as soon as nobody has locked it, but within some seconds."""
    connection.execute(PATIENCE, {"seconds": f"{lock_seconds}s"})
    tables = inspect(connection).get_table_names("public")
    revision = "SELECT max(version_num) FROM public.alembic_version"
    return Contents(
        connection.scalar(text(revision)) if "alembic_version" in tables else None,
        connection.scalar(text("SELECT count(*) FROM public.room")) if "room" in tables else None,
    )


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


def _same_server(url: URL, connection: Connection) -> URL:
    """Return the URL with the one of several servers that has the snapshot."""
    if "," not in url.query.get("host", ""):
        return url
    info = connection.connection.driver_connection.info  # type: ignore[union-attr]
    one = url.difference_update_query(["hostaddr"])
    return one.update_query_dict({"host": info.host, "port": str(info.port or DEFAULT_PORT)})


def _dump(url: URL, programs: Path, file: Path, snapshot: str, lock_seconds: int) -> None:
    target, environ = reach(url)
    options = (f"--snapshot={snapshot}", f"--lock-wait-timeout={lock_seconds}s", f"--file={file}")
    connecting = ("--no-password", f"--dbname={target}")
    command = (programs / "pg_dump", "--format=custom", *connecting, *options)
    done = subprocess.run(command, env=environ, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise ChildProcessError(done.stderr.strip())


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
