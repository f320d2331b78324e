"""Putting rooms, a few or any number, in one transaction and in constant memory."""

import time
from collections.abc import Iterable
from io import BytesIO
from itertools import chain, islice
from operator import attrgetter

from sqlalchemy import Connection, Engine, text
from sqlalchemy.schema import CreateTable

from rentomatic.domain.room import FIELDS, Room
from rentomatic.responses import ImportReport
from rentomatic_postgres.errors import translated
from rentomatic_postgres.sql import upserts

# For this transaction: how long its last statement may take, and wait for rooms that another
# import has changed; and that the rooms may come as slowly as they like.
LIMITS = text(
    "SELECT set_config(name, :milliseconds, true)"
    " FROM unnest(ARRAY['statement_timeout', 'lock_timeout']) AS name"
)
UNHURRIED = text("SET LOCAL idle_in_transaction_session_timeout = 0")
FEW = 1000  # rooms, which are sent with the statement
COPIED = 10_000  # rooms at a time

values = attrgetter(*FIELDS)


def put(
    engine: Engine, rooms: Iterable[Room], dry_run: bool, timeout: float | None
) -> ImportReport:
    """Keep the rooms, or only count what there would be to do."""
    deadline = None if timeout is None else time.monotonic() + timeout
    rest = iter(rooms)
    first = list(islice(rest, FEW + 1))
    with translated(), engine.connect() as connection:
        if len(first) <= FEW and deadline is None:
            return _put_few(connection, first, dry_run)
        return _put_any(connection, chain(first, rest), dry_run, deadline)


def _put_few(connection: Connection, rooms: list[Room], dry_run: bool) -> ImportReport:
    statement = upserts.COMPARE_FEW if dry_run else upserts.PUT_FEW
    arrays = {name: [getattr(room, name) for room in rooms] for name in FIELDS}
    return ImportReport(*connection.execute(statement, arrays).one())


def _put_any(
    connection: Connection, rooms: Iterable[Room], dry_run: bool, deadline: float | None
) -> ImportReport:
    statement = upserts.COMPARE_STAGED if dry_run else upserts.PUT_STAGED
    with connection.execution_options(isolation_level="READ COMMITTED").begin():
        connection.execute(UNHURRIED)
        _stage(connection, rooms)
        connection.execute(LIMITS, {"milliseconds": _milliseconds(deadline)})
        return ImportReport(*connection.execute(statement).one())


def _stage(connection: Connection, rooms: Iterable[Room]) -> None:
    """Copy the rooms into a table that is gone with the transaction."""
    connection.execute(CreateTable(upserts.staged))
    cursor = connection.connection.cursor()
    lines = map(_line, rooms)
    while chunk := "".join(islice(lines, COPIED)):
        cursor.copy_expert(upserts.COPY, BytesIO(chunk.encode()))


def _line(room: Room) -> str:
    # No value of a room has a tab, a backslash or a line end in it.
    return "\t".join(map(str, values(room))) + "\n"


def _milliseconds(deadline: float | None) -> str:
    """Return the time until then as PostgreSQL takes it, for which 0 is no limit."""
    return "0" if deadline is None else str(max(1, int((deadline - time.monotonic()) * 1000)))
