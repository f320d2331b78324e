"""How statements are run: each is a transaction of its own."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import psycopg2
from sqlalchemy import Compiled, Dialect, Engine, Executable, Row, Select, text
from sqlalchemy.exc import DBAPIError

from rentomatic_postgres.failures import translated

Rows = Sequence[Row[*tuple[Any, ...]]]
Tuples = list[tuple[Any, ...]]
Query = Select[*tuple[Any, ...]]
T = TypeVar("T")

SET_TIMEOUT = text("SELECT set_config('statement_timeout', :limit, false)")


def fetch(engine: Engine, statement: Query, parameters: dict[str, Any]) -> Tuples:
    """Return the rows as the driver makes them; otherwise like read.

    What SQLAlchemy's own objects would cost on the way is a tenth of a page of rooms.
    """
    return _insist(lambda: _tuples(engine, statement, parameters))


def read(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> Rows:
    """Return the rows; a connection that turns out to be dead is replaced once."""
    return _insist(lambda: _rows(engine, statement, parameters))


def write(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> int:
    """Return how many rows were written. A write is never repeated: it may have been done."""
    with translated(), engine.connect() as connection:
        return connection.execute(statement, parameters).rowcount


def settle(engine: Engine) -> None:
    """Clean up behind many writes: only then are pages read from the indexes alone again.

    Who does not own the table may not, and PostgreSQL only warns; its own workers do it later.
    """
    with translated(), engine.connect() as connection:
        # RESET would forget a limit that this connection has got when it was opened.
        limit = connection.scalar(text("SHOW statement_timeout"))
        connection.execute(SET_TIMEOUT, {"limit": "0"})
        try:
            connection.execute(text("VACUUM (ANALYZE, SKIP_LOCKED) room"))
        finally:
            connection.execute(SET_TIMEOUT, {"limit": limit})


def _rows(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> Rows:
    with engine.connect() as connection:
        return connection.execute(statement, parameters).all()


def _tuples(engine: Engine, statement: Query, parameters: dict[str, Any]) -> Tuples:
    compiled = _compiled(statement, engine.dialect)
    with engine.connect() as connection:
        cursor: Any = connection.connection.cursor()
        dialect: Any = engine.dialect
        try:
            cursor.execute(str(compiled), compiled.construct_params(parameters))
            return list(cursor.fetchall())
        except psycopg2.Error as error:
            # Whether it is closed does not tell: a server that is killed may leave it open.
            gone = dialect.is_disconnect(error, cursor.connection, cursor)
            if gone:
                connection.invalidate(error)
            raise DBAPIError.instance(
                str(compiled), None, error, psycopg2.Error, connection_invalidated=gone
            ) from error


@lru_cache(maxsize=1024)
def _compiled(statement: Query, dialect: Dialect) -> Compiled:
    return statement.compile(dialect=dialect)


def _insist(attempt: Callable[[], T]) -> T:
    with translated():
        try:
            return attempt()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return attempt()
