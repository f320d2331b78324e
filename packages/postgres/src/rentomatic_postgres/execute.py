"""How statements are run: each is a transaction of its own."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg2
from sqlalchemy import Engine, Executable, Row, text
from sqlalchemy.exc import DBAPIError

from rentomatic.errors import RepositoryUnavailable
from rentomatic_postgres.connections import owner_engine
from rentomatic_postgres.errors import translated
from rentomatic_postgres.sql.templates import Template

Rows = Sequence[Row[*tuple[Any, ...]]]
Tuples = list[tuple[Any, ...]]
T = TypeVar("T")

# Of PgBouncer, about a time limit that a connection asks for.
REFUSED_BY_POOLER = "unsupported startup parameter"


def fetch(engine: Engine, template: Template, parameters: dict[str, Any]) -> Tuples:
    """Return the rows as the driver makes them; otherwise like read.

    SQLAlchemy's own objects would cost a tenth of a page of rooms.
    """
    return _insist(lambda: _tuples(engine, template, parameters))


def read(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> Rows:
    """Return the rows; a connection that turns out to be dead is replaced once."""
    return _insist(lambda: _rows(engine, statement, parameters))


def write(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> int:
    """Return how many rows were written. A write is never repeated: it may have been done."""
    with translated(), engine.connect() as connection:
        return connection.execute(statement, parameters).rowcount


def optimize(engine: Engine) -> None:
    """Clean up behind many writes: only then are pages read from the indexes alone again.

    That takes its time, so it has a connection of its own. Where a pooler refuses such a one, and
    where the role does not own the table, PostgreSQL's own workers do it a little later.
    """
    with owner_engine(engine.url) as own:
        try:
            with own.connect() as connection:
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
            # Whether it is closed does not tell: a server that is killed may leave it open.
            gone = dialect.is_disconnect(error, cursor.connection, cursor)
            if gone:
                connection.invalidate(error)
            raise DBAPIError.instance(
                template.text, None, error, psycopg2.Error, connection_invalidated=gone
            ) from error


def _insist(attempt: Callable[[], T]) -> T:
    with translated():
        try:
            return attempt()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return attempt()
