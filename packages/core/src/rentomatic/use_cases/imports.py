"""Import rows: all of them, or all that are valid."""

import time
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TypeVar

from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.room import Room
from rentomatic.errors import (
    ImportRejected,
    InvalidRequest,
    Problem,
    RejectedRow,
    RepositoryUnavailable,
)
from rentomatic.imports.rows import Row
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport

BATCH = 20_000

T = TypeVar("T")


def import_rooms(  # noqa: PLR0913
    rooms: RoomRepository,
    rows: Iterable[Row],
    all_or_none: bool = False,
    dry_run: bool = False,
    timeout: float | None = None,
    mirror: Mirror | None = None,
) -> ImportReport:
    """Save the room of every row and report the rejected rows, or raise ImportRejected.

    All or none is one transaction. Otherwise rooms are saved in batches; after an interrupted
    import, importing again completes it. `timeout` is in seconds, for the whole import.

    With `mirror`, every import is one transaction, and the rooms of rejected rows are kept. Raises
    InvalidRequest if a rejected row does not show its room: the file may be incomplete.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    rows = until(deadline, rows)
    if all_or_none:
        return rooms.put(_every_room(rows), dry_run, timeout, mirror)
    if mirror:
        valid = _ValidRooms(_kept(rows, mirror))
        return rooms.put(valid, dry_run, timeout, mirror) + valid.report
    report = ImportReport()
    for first in rows:
        batch = _ValidRooms(chain([first], islice(rows, BATCH - 1)))
        left = deadline and max(0.0, deadline - time.monotonic())
        report += rooms.put(batch, dry_run, left) + batch.report
    return report


def until(deadline: float | None, rows: Iterable[T]) -> Iterator[T]:
    """Yield the rows; raise RepositoryUnavailable after the deadline, a time.monotonic()."""
    for row in rows:
        if deadline is not None and time.monotonic() > deadline:
            raise RepositoryUnavailable("Reading the rows takes too long")
        yield row


def _kept(rows: Iterable[Row], mirror: Mirror) -> Iterator[Row]:
    """Yield the rows, and keep the rooms of those that are rejected."""
    for row in rows:
        if isinstance(row, RejectedRow):
            if row.code is None:
                message = f"is impossible, because row {row.row} does not show which room it is"
                raise InvalidRequest([Problem("prune", message)])
            mirror.kept.add(row.code)
        yield row


class _ValidRooms:
    """Yields the room of every valid row, and counts the others in `report`."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows, self.report = rows, ImportReport()

    def __iter__(self) -> Iterator[Room]:
        for row in self._rows:
            if isinstance(row, Room):
                yield row
            else:
                self.report += _rejected(row)


def _every_room(rows: Iterable[Row]) -> Iterator[Room]:
    """Yield the room of every row; raise ImportRejected at the end if rows were rejected."""
    report = ImportReport()
    for row in rows:
        if isinstance(row, RejectedRow):
            report += _rejected(row)
        elif not report.rejected:
            yield row
    if report.rejected:
        raise ImportRejected(report.rejected, report.rows)


def _rejected(row: RejectedRow) -> ImportReport:
    return ImportReport(rejected=1, rows=(row,))
