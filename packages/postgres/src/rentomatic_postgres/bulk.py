"""Bulk upsert of rooms: one transaction, constant memory."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import chain, islice
from operator import attrgetter

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.room import REQUIRED, Room
from rentomatic.errors import ReferenceConflict
from rentomatic.responses import MAX_LISTED_ROWS, ImportReport
from rentomatic_postgres.errors import is_reference_conflict, translate_errors
from rentomatic_postgres.sql import upserts, withdrawals
from rentomatic_postgres.sql.rows import COLUMNS, to_row

# Both timeouts end at the import's deadline.
SET_TIMEOUTS = text(
    "SELECT set_config(name, :milliseconds, true)"
    " FROM unnest(ARRAY['statement_timeout', 'lock_timeout']) AS name"
)
# Rooms may arrive slowly, such as from an upload.
NO_IDLE_TIMEOUT = text("SET LOCAL idle_in_transaction_session_timeout = 0")
MAX_INLINE_ROOMS = 1000  # sent as parameters of the statement
COPY_ROOMS = 10_000  # per chunk

_required = attrgetter(*REQUIRED)
_plain_line = "\t".join([*["%s"] * len(REQUIRED), r"\N", "f", r"\N"]) + "\n"


def put(
    engine: Engine,
    rooms: Iterable[Room],
    dry_run: bool,
    timeout: float | None,
    mirror: Mirror | None,
) -> ImportReport:
    """Implement `RoomRepository.put`."""
    deadline = None if timeout is None else time.monotonic() + timeout
    rest = iter(rooms)
    first = list(islice(rest, MAX_INLINE_ROOMS + 1))
    with translate_errors(), _reference_conflicts(), engine.connect() as connection:
        if len(first) <= MAX_INLINE_ROOMS and deadline is None and mirror is None:
            return _put_inline(connection, first, dry_run)
        return _put_staged(connection, chain(first, rest), dry_run, deadline, mirror)


@contextmanager
def _reference_conflicts() -> Iterator[None]:
    """Raise ReferenceConflict if another room has the same source and reference."""
    try:
        yield
    except IntegrityError as error:
        if not is_reference_conflict(error.orig):
            raise
        raise ReferenceConflict from None


def _put_inline(connection: Connection, rooms: list[Room], dry_run: bool) -> ImportReport:
    statement = upserts.COMPARE_INLINE if dry_run else upserts.PUT_INLINE
    rows = list(map(to_row, rooms))
    arrays = {name: [row[name] for row in rows] for name in COLUMNS}
    return ImportReport(*connection.execute(statement, arrays).one())


def _put_staged(
    connection: Connection,
    rooms: Iterable[Room],
    dry_run: bool,
    deadline: float | None,
    mirror: Mirror | None,
) -> ImportReport:
    statement = upserts.COMPARE_STAGED if dry_run else upserts.PUT_STAGED
    with connection.execution_options(isolation_level="READ COMMITTED").begin():
        connection.execute(NO_IDLE_TIMEOUT)
        _stage(connection, rooms)
        connection.execute(SET_TIMEOUTS, {"milliseconds": _milliseconds_until(deadline)})
        # First, because other rooms may get the references of those that are withdrawn.
        withdrawn = _withdraw(connection, mirror, dry_run) if mirror else ImportReport()
        return ImportReport(*connection.execute(statement).one()) + withdrawn


def _withdraw(connection: Connection, mirror: Mirror, dry_run: bool) -> ImportReport:
    total = connection.execute(withdrawals.TOTAL, {"source": mirror.source}).scalar_one()
    statement = withdrawals.COMPARE if dry_run else withdrawals.WITHDRAW
    kept = {"source": mirror.source, "kept": list(mirror.kept), "listed": MAX_LISTED_ROWS}
    count, codes = connection.execute(statement, kept).one()
    if not dry_run:
        mirror.check(count, total)
    return ImportReport(withdrawn=count, withdrawn_codes=tuple(codes or ()))


def _stage(connection: Connection, rooms: Iterable[Room]) -> None:
    connection.execute(CreateTable(upserts.staged))
    cursor = connection.connection.cursor()
    lines = map(_line, rooms)
    while chunk := "".join(islice(lines, COPY_ROOMS)):
        cursor.copy_expert(upserts.COPY, BytesIO(chunk.encode()))


def _line(room: Room) -> str:
    """Return the row in the text format of COPY."""
    if room.size is not None and len(vars(room)) == len(REQUIRED):
        return _plain_line % _required(room)
    cells = (r"\N" if value is None else str(value) for value in to_row(room).values())
    # JSON and tsvector contain neither tabs nor newlines.
    return "\t".join(cell if cell == r"\N" else cell.replace("\\", r"\\") for cell in cells) + "\n"


def _milliseconds_until(deadline: float | None) -> str:
    # 0 means no timeout in PostgreSQL, so an expired deadline becomes 1.
    return "0" if deadline is None else str(max(1, int((deadline - time.monotonic()) * 1000)))
