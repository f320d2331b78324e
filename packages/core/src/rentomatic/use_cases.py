"""What Rent-o-Matic does. Each use case is a function over a repository."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rentomatic.csv_rows import Row
from rentomatic.domain import Room
from rentomatic.errors import Problem
from rentomatic.query import MAX_LIMIT, Query, sort_key
from rentomatic.repository import RoomRepository
from rentomatic.responses import ImportReport, RejectedRow

BATCH = 1000


def search_rooms(rooms: RoomRepository, query: Query) -> list[Room]:
    """Return the rooms that meet every filter, by price, then code, at most `query.limit`."""
    return rooms.search(query)


def read_room(rooms: RoomRepository, code: str) -> Room:
    """Return the room, or raise RoomNotFound."""
    return rooms.get(code)


def export_rooms(rooms: RoomRepository) -> Iterator[Room]:
    """Yield every room by price, then code, holding no more than a batch of them."""
    query = Query(limit=MAX_LIMIT)
    while found := rooms.search(query):
        yield from found
        query = replace(query, after=sort_key(found[-1]))


def import_rooms(rooms: RoomRepository, rows: Iterable[Row]) -> ImportReport:
    """Put the room of every row, in batches; of a code given twice the first row counts.

    An interrupted import leaves whole batches, and importing again completes it.
    """
    report, rejected = ImportReport(), []
    lines: dict[str, int] = {}
    batch: list[Room] = []
    for row in rows:
        if isinstance(row, RejectedRow):
            rejected.append(row)
        elif (first := lines.setdefault(row[1].code, row[0])) != row[0]:
            rejected.append(RejectedRow(row[0], (Problem("code", f"Duplicate of line {first}"),)))
        else:
            batch.append(row[1])
        if len(batch) == BATCH:
            report += rooms.put(batch)
            batch = []
    report += rooms.put(batch)
    return replace(report, rejected=tuple(rejected))
