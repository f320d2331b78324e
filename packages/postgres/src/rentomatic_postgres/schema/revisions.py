"""The revision of the database, and its migrations by Alembic."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from rentomatic.errors import InvalidRequest, Problem, RepositoryUnavailable
from rentomatic_postgres.connections import owner_engine
from rentomatic_postgres.errors import LOCK_NOT_AVAILABLE, sqlstate, translate_errors
from rentomatic_postgres.schema.history import head, is_known
from rentomatic_postgres.schema.lock import migration_lock, table_lock_holders

LOCK_TIMEOUT_SECONDS = 60
# Between attempts, queries queued behind the migration's lock can run.
PAUSE_SECONDS = 1

# The parameter of the problem, by SQLSTATE.
PERMANENT_ERRORS = {
    "RM001": "room",  # raised by our revisions for rows that they cannot convert
    "2BP01": "room",  # dependent_objects_still_exist: foreign keys to a dropped column
    "42501": "role",  # insufficient_privilege
}

# The message becomes the docstring of the revision.
UNQUOTED = str.maketrans({'"': "'", "\\": "/"})


class Migration(NamedTuple):
    """The revisions before (None if there was none) and after a migration."""

    before: str | None
    after: str


def alembic_config(engine: Engine | None = None) -> Config:
    """Return Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", "rentomatic_postgres.schema:migrations")
    config.attributes["engine"] = engine
    return config


def current(url: URL) -> str | None:
    """Return the revision of the database, or None."""
    with owner_engine(url) as engine, translate_errors():
        return _revision(engine)


def upgrade(url: URL, timeout: float = LOCK_TIMEOUT_SECONDS) -> Migration:
    """Migrate the database to the newest revision.

    This is one transaction, except for statements that cannot run in one, such as CREATE INDEX
    CONCURRENTLY: they commit the revisions before them.

    Raises RepositoryUnavailable if another migration runs or a table is locked for longer than
    `timeout` seconds. Raises InvalidRequest if the data, the role's privileges or the server do
    not allow it, or if the database is at a revision of a newer version.
    """
    deadline = time.monotonic() + timeout
    with owner_engine(url) as engine, translate_errors(), migration_lock(engine, timeout):
        before = _revision(engine)
        _check_known(before)
        while not _try_upgrade(engine, time.monotonic() > deadline):
            time.sleep(PAUSE_SECONDS)
        return Migration(before, head())


def _try_upgrade(engine: Engine, is_last: bool) -> bool:
    """Migrate, or return False after a lock timeout; the last attempt raises."""
    try:
        with _permanent_errors():
            command.upgrade(alembic_config(engine), "head")
    except OperationalError as error:
        if sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        if is_last:
            raise RepositoryUnavailable(
                f"A table is in use: {table_lock_holders(engine)}"
            ) from None
        return False
    return True


def create_version_table(engine: Engine) -> None:
    """Create the table of the revision unless it exists."""
    with _permanent_errors():
        command.ensure_version(alembic_config(engine))


def revise(url: URL, message: str) -> Path | None:
    """Write a migration from the database to tables.py; return None if they are equal.

    Raises InvalidRequest unless the database is at the newest revision.
    """
    with owner_engine(url) as engine, translate_errors():
        if _revision(engine) != head():
            raise InvalidRequest([Problem("revision", "the database must be migrated first")])
        script = command.revision(
            alembic_config(engine),
            message.translate(UNQUOTED),
            autogenerate=True,
            process_revision_directives=_drop_if_empty,
        )
    return Path(cast(Script, script).path) if script else None


def _drop_if_empty(_context: object, _revision: object, directives: list[Any]) -> None:
    if directives[0].upgrade_ops.is_empty():
        directives.clear()


def _check_known(revision: str | None) -> None:
    if not is_known(revision):
        message = f"the database is at {revision}, a revision of a newer version"
        raise InvalidRequest([Problem("revision", message)])


@contextmanager
def _permanent_errors() -> Iterator[None]:
    """Raise InvalidRequest for errors that a retry cannot solve."""
    try:
        yield
    except DBAPIError as error:
        parameter = PERMANENT_ERRORS.get(sqlstate(error) or "")
        if parameter is None:
            raise
        raise InvalidRequest([Problem(parameter, str(error.orig).strip())]) from None


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
