"""The revisions of the database: where it stands, and the way to the newest."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from rentomatic.errors import InvalidRequest, Problem, RepositoryUnavailable
from rentomatic_postgres.connections import owner_engine
from rentomatic_postgres.errors import LOCK_NOT_AVAILABLE, sqlstate, translated
from rentomatic_postgres.schema.lock import holders, migration_lock

LOCK_TIMEOUT_SECONDS = 60
# Between two attempts, whoever waits behind the migration for a table has his turn.
PAUSE_SECONDS = 1

# What stands in the way of a migration, by SQLSTATE: rows that our own revisions refuse to carry
# over, foreign keys to a column that goes, what the role may not do, and an extension that the
# server does not have.
OBSTACLES = {
    "RM001": "room",
    "2BP01": "room",
    "42501": "role",
    "0A000": "extension",
    "58P01": "extension",
}

# A message becomes the docstring of its revision.
UNQUOTED = str.maketrans({'"': "'", "\\": "/"})


class Migration(NamedTuple):
    """The revision a database was at (None: none yet), and the one it is at now."""

    before: str | None
    after: str


def alembic_config(engine: Engine | None = None) -> Config:
    """Return Alembic's configuration, which needs no file, and no URL as text."""
    config = Config()
    config.set_main_option("script_location", "rentomatic_postgres.schema:migrations")
    config.attributes["engine"] = engine
    return config


@cache
def head() -> str:
    """Return the newest revision, which this version of the code needs."""
    return str(ScriptDirectory.from_config(alembic_config()).get_current_head())


def current(url: URL) -> str | None:
    """Return the revision the database is at, or None."""
    with owner_engine(url) as engine, translated():
        return _revision(engine)


def upgrade(url: URL, timeout: float = LOCK_TIMEOUT_SECONDS) -> Migration:
    """Bring the database to the newest revision, alone, in one transaction.

    Raises RepositoryUnavailable when another migration runs, or somebody holds a table, for longer
    than `timeout` seconds, and InvalidRequest when rows or columns cannot be carried over, when
    the role may not or the server cannot do it, or when a newer version has migrated the database;
    then nothing has changed.
    """
    deadline = time.monotonic() + timeout
    with owner_engine(url) as engine, translated(), migration_lock(engine, timeout):
        before = _known(_revision(engine))
        while not _upgraded(engine, time.monotonic() > deadline):
            time.sleep(PAUSE_SECONDS)
        return Migration(before, head())


def _upgraded(engine: Engine, is_last: bool) -> bool:
    """Upgrade, or return False when somebody else has held a table for longer than a lock waits.

    The last time, that raises RepositoryUnavailable which says who it is.
    """
    try:
        with _obstacles_named():
            command.upgrade(alembic_config(engine), "head")
    except OperationalError as error:
        if sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        if is_last:
            raise RepositoryUnavailable(f"A table is in use: {holders(engine)}") from None
        return False
    return True


def make_version_table(engine: Engine) -> None:
    """Make the table of the revision, empty, unless it is there."""
    with _obstacles_named():
        command.ensure_version(alembic_config(engine))


def revise(url: URL, message: str) -> Path | None:
    """Write a revision to what tables.py says; return None when the database is like that already.

    Raises InvalidRequest unless the database is at the newest revision.
    """
    with owner_engine(url) as engine, translated():
        if _revision(engine) != head():
            raise InvalidRequest([Problem("revision", "The database has to be migrated first")])
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


def is_known(revision: str | None) -> bool:
    """Say whether this version of the code has such a revision; None comes before the first."""
    return revision is None or revision in _revisions()


@cache
def _revisions() -> frozenset[str]:
    """Return every revision of this version of the code, which no request has to look up again."""
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return frozenset(script.revision for script in scripts)


def _known(revision: str | None) -> str | None:
    """Return the revision, or raise InvalidRequest when this version of the code has none such."""
    if not is_known(revision):
        message = f"The database is at {revision}, which a newer version has made"
        raise InvalidRequest([Problem("revision", message)])
    return revision


@contextmanager
def _obstacles_named() -> Iterator[None]:
    """Raise InvalidRequest for what stands in the way of a change of the tables."""
    try:
        yield
    except DBAPIError as error:
        obstacle = OBSTACLES.get(sqlstate(error) or "")
        if obstacle is None:
            raise
        raise InvalidRequest([Problem(obstacle, str(error.orig).strip())]) from None


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
