"""Facets of a search, computed by counts and scans."""

from collections import Counter

from rentomatic.domain.conditions import Filters
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Facet

FACETED = ("price", "size")
BUCKETS = 20


def counts_without_of(rooms: RoomRepository, filters: Filters) -> tuple[int, ...]:
    """Compute `RoomRepository.counts_without` by one count for each condition."""
    others = (filters[:index] + filters[index + 1 :] for index in range(len(filters)))
    return tuple(map(rooms.count, others))


def facet_of(rooms: RoomRepository, filters: Filters, field: str) -> Facet:
    """Compute `RoomRepository.facet` by one scan."""
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
