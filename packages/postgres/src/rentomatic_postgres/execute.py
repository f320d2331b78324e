"""Execution of statements; each is a transaction of its own."""

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg2
from psycopg2 import errors
from sqlalchemy import Engine, PoolProxiedConnection, text
from sqlalchemy.exc import DBAPIError

from rentomatic.errors import RepositoryUnavailable
from rentomatic_postgres.connections import PREPARED, owner_engine
from rentomatic_postgres.errors import translate_errors
from rentomatic_postgres.sql.templates import Template

Rows = list[tuple[Any, ...]]
T = TypeVar("T")

# A pooler that was not recognized has another server connection, or a migration has changed the
# type of a column.
UNUSABLE = (
    errors.InvalidSqlStatementName,
    errors.DuplicatePreparedStatement,
    errors.FeatureNotSupported,
)

# PgBouncer's message for OWNER_OPTIONS.
REFUSED_BY_POOLER = "unsupported startup parameter"


class Disconnected(psycopg2.OperationalError):
    """The connection was lost; the cause is the driver's error."""


def read(engine: Engine, template: Template, parameters: dict[str, Any]) -> Rows:
    """Execute a read; retry once on a new connection if the connection was lost."""
    with translate_errors():
        try:
            return _execute(engine, template, parameters, _fetch)
        except Disconnected:
            return _execute(engine, template, parameters, _fetch)


def write(engine: Engine, template: Template, parameters: dict[str, Any]) -> int:
    """Execute a write and return its row count; no retry, because the write may have succeeded."""
    with translate_errors():
        return _execute(engine, template, parameters, _count)


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


def _execute(
    engine: Engine, template: Template, parameters: dict[str, Any], result: Callable[[Any], T]
) -> T:
    """Execute on the pool's own connection: SQLAlchemy's takes 10% of a page of rooms."""
    connection = engine.raw_connection()
    cursor = connection.cursor()
    try:
        _send(connection, cursor, template, template.constants | parameters)
        return result(cursor)
    except psycopg2.Error as error:
        # connection.closed is not reliable: it can be 0 after the server was killed.
        dialect: Any = engine.dialect
        if not dialect.is_disconnect(error, connection, cursor):
            raise
        connection.invalidate(error)
        raise Disconnected from error
    finally:
        connection.close()


def _send(
    connection: PoolProxiedConnection, cursor: Any, template: Template, parameters: dict[str, Any]
) -> None:
    prepared, names = template.prepared, connection.info.get(PREPARED)
    if prepared is None or names is None:
        cursor.execute(template.text, parameters)
        return
    try:
        if prepared.name not in names:
            cursor.execute(prepared.prepare)
            names.add(prepared.name)
        cursor.execute(prepared.execute, parameters)
    except UNUSABLE:
        del connection.info[PREPARED]
        cursor.execute(template.text, parameters)


def _fetch(cursor: Any) -> Rows:
    rows: Rows = cursor.fetchall()
    return rows


def _count(cursor: Any) -> int:
    return int(cursor.rowcount)
