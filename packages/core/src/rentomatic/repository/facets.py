"""Facets of a search, computed by counts and scans."""

from collections import Counter

from rentomatic.domain.conditions import Filters, without_field
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Facet, Facets

FACETED = ("price", "size")
BUCKETS = 20


def facets_of(rooms: RoomRepository, filters: Filters) -> Facets:
    """Compute `RoomRepository.facets` by one scan for each facet."""
    count = rooms.count(filters)
    dropped = () if count else range(len(filters))
    return Facets(
        count=count,
        fields={field: _facet(rooms, without_field(filters, field), field) for field in FACETED},
        without=tuple(rooms.count(filters[:index] + filters[index + 1 :]) for index in dropped),
    )


def _facet(rooms: RoomRepository, filters: Filters, field: str) -> Facet:
    counts = Counter(getattr(room, field) for room in rooms.scan(filters))
    if not counts:
        return Facet(None, None, (0,) * BUCKETS)
    minimum, maximum = min(counts), max(counts)
    buckets = [0] * BUCKETS
    for value, count in counts.items():
        buckets[_bucket(value, minimum, maximum)] += count
    return Facet(minimum, maximum, tuple(buckets))


def _bucket(value: int, minimum: int, maximum: int) -> int:
    if minimum == maximum:
        return 0
    return min((value - minimum) * BUCKETS // (maximum - minimum), BUCKETS - 1)
