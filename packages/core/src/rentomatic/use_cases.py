"""What Rent-o-Matic does. Each use case is a function over a repository."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rentomatic.csv_rows import Row
from rentomatic.domain import Room
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
    """Put the room of every row, in batches, and report the rejected ones.

    An interrupted import leaves whole batches, and importing again completes it.
    """
    report, rejected = ImportReport(), []
    batch: list[Room] = []
    for row in rows:
        if isinstance(row, RejectedRow):
            rejected.append(row)
        else:
            batch.append(row)
        if len(batch) == BATCH:
            report += rooms.put(batch)
            batch = []
    report += rooms.put(batch)
    return replace(report, rejected=tuple(rejected))
