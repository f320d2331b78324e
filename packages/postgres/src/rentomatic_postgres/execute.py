"""Execution of statements; each is a transaction of its own."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg2
from sqlalchemy import Engine, Executable, Row, text
from sqlalchemy.exc import DBAPIError

from rentomatic.errors import RepositoryUnavailable
from rentomatic_postgres.connections import owner_engine
from rentomatic_postgres.errors import translate_errors
from rentomatic_postgres.sql.templates import Template

Rows = Sequence[Row[*tuple[Any, ...]]]
Tuples = list[tuple[Any, ...]]
T = TypeVar("T")

# PgBouncer's message for OWNER_OPTIONS.
REFUSED_BY_POOLER = "unsupported startup parameter"


def fetch(engine: Engine, template: Template, parameters: dict[str, Any]) -> Tuples:
    """Like `read`, without SQLAlchemy's row objects, which take 10% of a page of rooms."""
    return _retry_disconnect(lambda: _tuples(engine, template, parameters))


def read(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> Rows:
    """Execute a read; retry once on a new connection if the connection was lost."""
    return _retry_disconnect(lambda: _rows(engine, statement, parameters))


def write(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> int:
    """Execute a write and return its row count; no retry, because the write may have succeeded."""
    with translate_errors(), engine.connect() as connection:
        return connection.execute(statement, parameters).rowcount


def optimize(engine: Engine) -> None:
    """VACUUM ANALYZE after bulk writes, so that index-only scans work again.

    Uses a connection without a statement timeout. If a pooler rejects it, or the role does not own
    the table, autovacuum does the work later.
    """
    with owner_engine(engine.url) as maintenance:
        try:
            with maintenance.connect() as connection:
                connection.execute(text("VACUUM (ANALYZE, SKIP_LOCKED) room"))
        except DBAPIError as error:
            if REFUSED_BY_POOLER not in str(error.orig):
                raise RepositoryUnavailable from error.orig


def _rows(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> Rows:
    with engine.connect() as connection:
        return connection.execute(statement, parameters).all()


def _tuples(engine: Engine, template: Template, parameters: dict[str, Any]) -> Tuples:
    with engine.connect() as connection:
        cursor: Any = connection.connection.cursor()
        dialect: Any = engine.dialect
        try:
            cursor.execute(template.text, template.constants | parameters)
            return list(cursor.fetchall())
        except psycopg2.Error as error:
            # connection.closed is not reliable: it can be 0 after the server was killed.
            is_lost = dialect.is_disconnect(error, cursor.connection, cursor)
            if is_lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                template.text, None, error, psycopg2.Error, connection_invalidated=is_lost
            ) from error


def _retry_disconnect(attempt: Callable[[], T]) -> T:
    with translate_errors():
        try:
            return attempt()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return attempt()
