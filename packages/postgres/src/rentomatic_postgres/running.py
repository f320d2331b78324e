"""How statements are run: each is a transaction of its own."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Executable, Row
from sqlalchemy.exc import DBAPIError

from rentomatic_postgres.failures import translated

Rows = Sequence[Row[*tuple[Any, ...]]]


def read(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> Rows:
    """Return the rows; a connection that turns out to be dead is replaced once."""
    with translated():
        try:
            return _rows(engine, statement, parameters)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return _rows(engine, statement, parameters)


def write(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> int:
    """Return how many rows were written. A write is never repeated: it may have been done."""
    with translated(), engine.connect() as connection:
        return connection.execute(statement, parameters).rowcount


def _rows(engine: Engine, statement: Executable, parameters: dict[str, Any]) -> Rows:
    with engine.connect() as connection:
        return connection.execute(statement, parameters).all()
