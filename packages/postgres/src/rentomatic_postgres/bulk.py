"""Bulk upsert of rooms: one transaction, constant memory."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import chain, islice
from operator import attrgetter

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.references import Reference
from rentomatic.domain.room import REQUIRED, Room
from rentomatic.errors import ReferenceConflict
from rentomatic.responses import MAX_LISTED_ROWS, ImportReport
from rentomatic_postgres.errors import is_reference_conflict, translate_errors
from rentomatic_postgres.sql import references, upserts, withdrawals
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
    with translate_errors(), _reference_conflicts():
        is_small = len(first) <= MAX_INLINE_ROOMS and deadline is None
        if is_small and mirror is None and not dry_run:
            with suppress(ReferenceConflict), _reference_conflicts():
                return _put_inline(engine, first)
        return _put_staged(engine, chain(first, rest), dry_run, deadline, mirror)


@contextmanager
def _reference_conflicts() -> Iterator[None]:
    """Raise ReferenceConflict if another room has the same source and reference."""
    try:
        yield
    except IntegrityError as error:
        if not is_reference_conflict(error.orig):
            raise
        raise ReferenceConflict from None


def _put_inline(engine: Engine, rooms: list[Room]) -> ImportReport:
    rows = list(map(to_row, rooms))
    arrays = {name: [row[name] for row in rows] for name in COLUMNS}
    with engine.connect() as connection:
        return ImportReport(*connection.execute(upserts.PUT_INLINE, arrays).one())


def _put_staged(
    engine: Engine,
    rooms: Iterable[Room],
    dry_run: bool,
    deadline: float | None,
    mirror: Mirror | None,
) -> ImportReport:
    transaction = engine.execution_options(isolation_level="READ COMMITTED").begin()
    with transaction as connection:
        connection.execute(NO_IDLE_TIMEOUT)
        _stage(connection, rooms)
        connection.execute(SET_TIMEOUTS, {"milliseconds": _milliseconds_until(deadline)})
        # First, because other rooms may get the references of those that are withdrawn.
        withdrawn = _withdraw(connection, mirror, dry_run) if mirror else ImportReport()
        if dry_run:
            _check_references(connection, mirror)
            return ImportReport(*connection.execute(upserts.COMPARE).one()) + withdrawn
        return _write(connection) + withdrawn


def _write(connection: Connection) -> ImportReport:
    """Write the staged rooms, again if they take references from each other."""
    with suppress(ReferenceConflict), _reference_conflicts(), connection.begin_nested():
        return ImportReport(*connection.execute(upserts.PUT_STAGED).one())
    _check_references(connection)
    connection.execute(references.RELEASE)
    return ImportReport(*connection.execute(upserts.PUT_STAGED).one())


def _check_references(connection: Connection, mirror: Mirror | None = None) -> None:
    """Raise ReferenceConflict if two rooms would have the same source and reference."""
    withdrawn = {"source": mirror and mirror.source, "kept": list(mirror.kept if mirror else ())}
    conflict = connection.execute(references.CONFLICT, withdrawn).one_or_none()
    if conflict:
        raise ReferenceConflict(Reference(*conflict))


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
