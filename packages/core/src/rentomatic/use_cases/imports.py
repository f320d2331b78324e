"""Import rows: all of them, or all that are valid."""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from rentomatic.domain.room import Room
from rentomatic.errors import ImportRejected, RejectedRow, RepositoryUnavailable
from rentomatic.imports.rows import Row
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport

BATCH = 20_000

T = TypeVar("T")


def import_rooms(
    rooms: RoomRepository,
    rows: Iterable[Row],
    all_or_none: bool = False,
    dry_run: bool = False,
    timeout: float | None = None,
) -> ImportReport:
    """Save the room of every row and report the rejected rows, or raise ImportRejected.

    All or none is one transaction. Otherwise rooms are saved in batches; after an interrupted
    import, importing again completes it. `timeout` is in seconds, for the whole import.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    rows = until(deadline, rows)
    if all_or_none:
        return rooms.put(_every_room(rows), dry_run, timeout)
    report = ImportReport()
    while batch := list(islice(rows, BATCH)):
        left = deadline and max(0.0, deadline - time.monotonic())
        report += rooms.put([row for row in batch if isinstance(row, Room)], dry_run, left)
        report += _rejected(row for row in batch if isinstance(row, RejectedRow))
    return report


def until(deadline: float | None, rows: Iterable[T]) -> Iterator[T]:
    """Yield the rows; raise RepositoryUnavailable after the deadline, a time.monotonic()."""
    for row in rows:
        if deadline is not None and time.monotonic() > deadline:
            raise RepositoryUnavailable("Reading the rows takes too long")
        yield row


def _every_room(rows: Iterable[Row]) -> Iterator[Room]:
    """Yield the room of every row; raise ImportRejected at the end if rows were rejected."""
    report = ImportReport()
    for row in rows:
        if isinstance(row, RejectedRow):
            report += _rejected([row])
        elif not report.rejected:
            yield row
    if report.rejected:
        raise ImportRejected(report.rejected, report.rows)


def _rejected(rows: Iterable[RejectedRow]) -> ImportReport:
    return sum((ImportReport(rejected=1, rows=(row,)) for row in rows), ImportReport())
