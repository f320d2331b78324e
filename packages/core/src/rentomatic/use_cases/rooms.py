"""What Rent-o-Matic does. Each use case is a function over a repository."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from rentomatic.domain.conditions import Filters
from rentomatic.domain.query import Search
from rentomatic.domain.room import Room
from rentomatic.errors import (
    ImportRejected,
    RejectedRow,
    RentomaticError,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
)
from rentomatic.imports.rows import Row
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.cursors import to_cursor
from rentomatic.responses import Cluster, Facets, ImportReport, Page

BATCH = 20_000
# At a change while others change the same room: each failure is a success of theirs.
ATTEMPTS = 100

T = TypeVar("T")


def search_rooms(rooms: RoomRepository, search: Search) -> Page:
    """Return a page of the rooms that meet every filter; they are counted only when asked for.

    Whoever follows `next` to the end sees each room that is there all the time exactly once,
    whatever is written meanwhile.
    """
    query, backwards = search.query, search.backwards
    # Read backwards, a page is the first one of the opposite order. One room more than a page
    # holds tells whether there is a further page.
    directed = replace(query, descending=query.descending ^ backwards, limit=query.limit + 1)
    found = rooms.search(directed)
    further, found = len(found) > query.limit, found[: query.limit]
    if backwards:
        found.reverse()
    came = query.after is not None  # from a page on the other side
    has_previous, has_next = (further, came) if backwards else (came, further)
    return Page(
        rooms=found,
        next=to_cursor(query, query.key(found[-1])) if found and has_next else None,
        previous=to_cursor(query, query.key(found[0]), True) if found and has_previous else None,
        total=rooms.count(query.filters) if search.count else None,
    )


def read_room(rooms: RoomRepository, code: str) -> Room:
    """Return the room, or raise RoomNotFound."""
    return rooms.get(code)


def add_room(rooms: RoomRepository, room: Room) -> None:
    """Keep a new room, or raise RoomConflict when its code is taken."""
    rooms.add(room)


def put_room(rooms: RoomRepository, room: Room, permit: Callable[[Room | None], object]) -> bool:
    """Keep the room, whether there is one by its code or not; return whether there was none.

    Raises what `permit` raises about the room that is there, or about None.
    """

    def attempt() -> bool:
        old = _find(rooms, room.code)
        permit(old)
        rooms.replace(old, room) if old else rooms.add(room)
        return old is None

    return _repeated(attempt, RoomChanged, RoomConflict, RoomNotFound)


def change_room(rooms: RoomRepository, code: str, change: Callable[[Room], Room]) -> Room:
    """Return the room as it is after the change, or raise RoomNotFound.

    Whoever changes it at the same time loses nothing: then the change is made once more, to what
    they have left. What it raises is raised, and nothing has changed.
    """

    def attempt() -> Room:
        old = rooms.get(code)
        new = change(old)
        rooms.replace(old, new)
        return new

    return _repeated(attempt, RoomChanged)


def remove_room(rooms: RoomRepository, code: str, permit: Callable[[Room], object]) -> None:
    """Forget the room, or raise RoomNotFound, or what `permit` raises about the room as it is."""

    def attempt() -> None:
        room = rooms.get(code)
        permit(room)
        rooms.remove(room)

    _repeated(attempt, RoomChanged)


def _repeated(attempt: Callable[[], T], *overtaken: type[RentomaticError]) -> T:
    """Return what an attempt returns that nobody else has overtaken."""
    for _ in range(ATTEMPTS):
        with suppress(*overtaken):
            return attempt()
    raise RepositoryUnavailable("The room is changed too often right now")


def _find(rooms: RoomRepository, code: str) -> Room | None:
    try:
        return rooms.get(code)
    except RoomNotFound:
        return None


def describe_rooms(rooms: RoomRepository, filters: Filters) -> Facets:
    """Return how the rooms that meet every condition spread, and what each condition costs."""
    return rooms.facets(filters)


def cluster_rooms(rooms: RoomRepository, filters: Filters, side: float) -> list[Cluster]:
    """Return the rooms that meet every condition by cells of that many degrees."""
    return rooms.clusters(filters, side)


def export_rooms(rooms: RoomRepository, filters: Filters = ()) -> Iterator[Room]:
    """Yield every room that meets every filter, by price, then code, in constant memory."""
    return rooms.scan(filters)


def import_rooms(
    rooms: RoomRepository,
    rows: Iterable[Row],
    all_or_none: bool = False,
    dry_run: bool = False,
    patience: float | None = None,
) -> ImportReport:
    """Put the room of every row and report the rejected ones, or raise ImportRejected.

    Of all or none there is one transaction. Otherwise the rooms are put in batches, of which an
    import that is interrupted leaves whole ones; importing again completes it. `patience` is in
    seconds for everything, as it is to a repository for each `put`.
    """
    deadline = None if patience is None else time.monotonic() + patience
    rows = until(deadline, rows)
    if all_or_none:
        return rooms.put(_every_room(rows), dry_run, patience)
    report = ImportReport()
    while batch := list(islice(rows, BATCH)):
        left = deadline and max(0.0, deadline - time.monotonic())
        report += rooms.put([row for row in batch if isinstance(row, Room)], dry_run, left)
        report += _rejected(row for row in batch if isinstance(row, RejectedRow))
    return report


def until(deadline: float | None, rows: Iterable[T]) -> Iterator[T]:
    """Yield the rows, rejected ones too, or raise RepositoryUnavailable after the deadline.

    The deadline is one of time.monotonic().
    """
    for row in rows:
        if deadline is not None and time.monotonic() > deadline:
            raise RepositoryUnavailable("Reading the rows takes too long")
        yield row


def _every_room(rows: Iterable[Row]) -> Iterator[Room]:
    """Yield the room of every row, or raise ImportRejected when all are read and one has none."""
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
