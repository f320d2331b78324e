"""Creation of backups; a file gets its name when it is complete and verified."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text

from rentomatic_postgres.backup.archives import Contents, read_archive
from rentomatic_postgres.backup.client_programs import libpq_connection, programs_of
from rentomatic_postgres.backup.files import (
    UNFINISHED,
    checksum_of,
    digest,
    locked,
    new_path,
    photos_of,
)
from rentomatic_postgres.backup.photos import copy_photos, write_sums
from rentomatic_postgres.connections import owner_engine
from rentomatic_postgres.errors import translate_errors

NO_REVISION = "none"
DEFAULT_PORT = 5432

SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
NO_TIMEOUTS = text(
    "SELECT set_config(name, '0', true) FROM unnest(ARRAY['statement_timeout',"
    " 'idle_in_transaction_session_timeout']) AS name"
)
SET_LOCK_TIMEOUT = text("SELECT set_config('lock_timeout', :seconds, false)")


def make_backup(
    url: URL, folder: Path, photos: Path | None, lock_seconds: int
) -> tuple[Path, Contents]:
    """Write a backup, with a copy of the folder of photos, verify it, and rename it to its name.

    Raises ChildProcessError if pg_dump fails or the verification does, and RepositoryUnavailable
    if the tables stay locked.
    """
    with locked(folder), _snapshot(url) as (connection, snapshot):
        contents = read_contents(connection, lock_seconds)
        programs = programs_of(connection)
        unfinished = folder / f".{os.getpid()}{UNFINISHED}"
        unfinished.touch(mode=0o600)
        try:
            _dump(_same_server(url, connection), programs, unfinished, snapshot, lock_seconds)
            if read_archive(unfinished, programs) != contents:
                raise ChildProcessError("The backup differs from the database")
            # After the snapshot, so that the photos of its rooms are complete.
            copied = copy_photos(photos, folder) if photos else None
            file = new_path(folder, str(url.database), contents.revision or NO_REVISION)
            if copied is not None:
                write_sums(photos_of(file), copied)
            _publish(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)
    return file, contents


def read_contents(connection: Connection, lock_seconds: int) -> Contents:
    """Return the contents of the database; wait for locks for at most `lock_seconds`."""
    connection.execute(SET_LOCK_TIMEOUT, {"seconds": f"{lock_seconds}s"})
    tables = inspect(connection).get_table_names("public")
    revision = "SELECT max(version_num) FROM public.alembic_version"
    return Contents(
        connection.scalar(text(revision)) if "alembic_version" in tables else None,
        connection.scalar(text("SELECT count(*) FROM public.room")) if "room" in tables else None,
    )


@contextmanager
def _snapshot(url: URL) -> Iterator[tuple[Connection, str]]:
    """Yield a connection with a snapshot, and the snapshot's name for pg_dump."""
    with owner_engine(url) as engine, translate_errors(), engine.connect() as connection:
        connection.execution_options(**SNAPSHOT)
        connection.execute(NO_TIMEOUTS)
        yield connection, str(connection.scalar(text("SELECT pg_export_snapshot()")))


def _same_server(url: URL, connection: Connection) -> URL:
    """Return the URL with the connected host only: other hosts do not have the snapshot."""
    if "," not in url.query.get("host", ""):
        return url
    info = connection.connection.driver_connection.info  # type: ignore[union-attr]
    url = url.difference_update_query(["hostaddr"])
    return url.update_query_dict({"host": info.host, "port": str(info.port or DEFAULT_PORT)})


def _dump(url: URL, programs: Path, file: Path, snapshot: str, lock_seconds: int) -> None:
    target, environ = libpq_connection(url)
    options = (f"--snapshot={snapshot}", f"--lock-wait-timeout={lock_seconds}s", f"--file={file}")
    connection = ("--no-password", f"--dbname={target}")
    command = (programs / "pg_dump", "--format=custom", *connection, *options)
    result = subprocess.run(command, env=environ, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if result.returncode:
        raise ChildProcessError(result.stderr.strip())


def _publish(unfinished: Path, file: Path) -> None:
    """Write the checksums and rename the file, which pg_dump has synced; sync the folder."""
    digests = {file.name: digest(unfinished)}
    if (photos := photos_of(file)).exists():
        digests[photos.name] = digest(photos)
    write_sums(checksum_of(file), digests)
    unfinished.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
