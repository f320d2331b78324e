"""Bulk upsert of rooms: one transaction, constant memory."""

import time
from collections.abc import Iterable
from io import BytesIO
from itertools import chain, islice
from operator import attrgetter

from sqlalchemy import Connection, Engine, text
from sqlalchemy.schema import CreateTable

from rentomatic.domain.room import FIELDS, Room
from rentomatic.responses import ImportReport
from rentomatic_postgres.errors import translate_errors
from rentomatic_postgres.sql import upserts

# Both timeouts end at the import's deadline.
SET_TIMEOUTS = text(
    "SELECT set_config(name, :milliseconds, true)"
    " FROM unnest(ARRAY['statement_timeout', 'lock_timeout']) AS name"
)
# Rooms may arrive slowly, such as from an upload.
NO_IDLE_TIMEOUT = text("SET LOCAL idle_in_transaction_session_timeout = 0")
MAX_INLINE_ROOMS = 1000  # sent as parameters of the statement
COPY_ROOMS = 10_000  # per chunk

values = attrgetter(*FIELDS)
# Nothing to escape: no value contains a tab, a backslash or a newline.
LINE = "\t".join(["%s"] * len(FIELDS)) + "\n"


def put(
    engine: Engine, rooms: Iterable[Room], dry_run: bool, timeout: float | None
) -> ImportReport:
    """Implement `RoomRepository.put`."""
    deadline = None if timeout is None else time.monotonic() + timeout
    rest = iter(rooms)
    first = list(islice(rest, MAX_INLINE_ROOMS + 1))
    with translate_errors(), engine.connect() as connection:
        if len(first) <= MAX_INLINE_ROOMS and deadline is None:
            return _put_inline(connection, first, dry_run)
        return _put_staged(connection, chain(first, rest), dry_run, deadline)


def _put_inline(connection: Connection, rooms: list[Room], dry_run: bool) -> ImportReport:
    statement = upserts.COMPARE_INLINE if dry_run else upserts.PUT_INLINE
    arrays = {name: [getattr(room, name) for room in rooms] for name in FIELDS}
    return ImportReport(*connection.execute(statement, arrays).one())


def _put_staged(
    connection: Connection, rooms: Iterable[Room], dry_run: bool, deadline: float | None
) -> ImportReport:
    statement = upserts.COMPARE_STAGED if dry_run else upserts.PUT_STAGED
    with connection.execution_options(isolation_level="READ COMMITTED").begin():
        connection.execute(NO_IDLE_TIMEOUT)
        _stage(connection, rooms)
        connection.execute(SET_TIMEOUTS, {"milliseconds": _milliseconds_until(deadline)})
        return ImportReport(*connection.execute(statement).one())


def _stage(connection: Connection, rooms: Iterable[Room]) -> None:
    connection.execute(CreateTable(upserts.staged))
    cursor = connection.connection.cursor()
    lines = (LINE % values(room) for room in rooms)
    while chunk := "".join(islice(lines, COPY_ROOMS)):
        cursor.copy_expert(upserts.COPY, BytesIO(chunk.encode()))


def _milliseconds_until(deadline: float | None) -> str:
    # 0 means no timeout in PostgreSQL, so an expired deadline becomes 1.
    return "0" if deadline is None else str(max(1, int((deadline - time.monotonic()) * 1000)))
