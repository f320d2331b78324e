"""Find rooms: pages, single rooms, facets, clusters and exports."""

from collections.abc import Iterator

from rentomatic.domain.conditions import Filters, without_field
from rentomatic.domain.query import Search
from rentomatic.domain.room import Room
from rentomatic.repository.facets import FACETED, FACETED_WORDS
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.cursors import to_cursor
from rentomatic.responses import Cluster, Facets, Page


def search_rooms(rooms: RoomRepository, search: Search) -> Page:
    """Return a page of the rooms that meet every condition.

    Following `next` to the end returns every room that is neither added nor deleted meanwhile,
    exactly once.
    """
    query, backwards = search.query, search.backwards
    # Backwards, a page is the first one in the opposite order. One room more than the limit shows
    # whether there is a further page.
    directed = query._replace(
        descending=query.descending ^ backwards, unknown_first=backwards, limit=query.limit + 1
    )
    found = rooms.search(directed)
    further, found = len(found) > query.limit, found[: query.limit]
    if backwards:
        found.reverse()
    has_cursor = query.after is not None
    has_previous, has_next = (further, has_cursor) if backwards else (has_cursor, further)
    return Page(
        rooms=found,
        next=to_cursor(query, query.key(found[-1])) if found and has_next else None,
        previous=to_cursor(query, query.key(found[0]), True) if found and has_previous else None,
        total=rooms.count(query.filters) if search.count else None,
    )


def read_room(rooms: RoomRepository, code: str) -> Room:
    """Return the room, or raise RoomNotFound."""
    return rooms.get(code)


def compute_facets(rooms: RoomRepository, filters: Filters) -> Facets:
    """Count the rooms that meet every condition, by price, by size and by words.

    Each histogram is a read of its own, so that it can be kept while filters on its field change.
    """
    others = {field: without_field(filters, field) for field in FACETED}
    fields = {field: rooms.facet(other, field) for field, other in others.items()}
    complete = (fields[field] for field, other in others.items() if other == filters)
    count = (next(complete, None) or rooms.facet(filters, FACETED[0])).count
    used = rooms.used_fields()
    words = {
        field: rooms.word_counts(without_field(filters, field), field) if field in used else {}
        for field in FACETED_WORDS
    }
    return Facets(count, fields, () if count else _counts_without(rooms, filters), words, used)


def _counts_without(rooms: RoomRepository, filters: Filters) -> tuple[int, ...]:
    # Without their only condition, all rooms match: searches of each place have this facet in
    # common, so that it is kept.
    if len(filters) == 1:
        return (rooms.facet((), FACETED[0]).count,)
    return rooms.counts_without(filters)


def compute_clusters(rooms: RoomRepository, filters: Filters, side: float) -> list[Cluster]:
    """Group the rooms that meet every condition by cells of `side` degrees."""
    return rooms.clusters(filters, side)


def export_rooms(rooms: RoomRepository, filters: Filters = ()) -> Iterator[Room]:
    """Yield every room that meets every condition, by price, then code, in constant memory."""
    return rooms.scan(filters)
