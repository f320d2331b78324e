"""Facets of a search, computed by counts and scans."""

from collections import Counter

from rentomatic.domain.conditions import Filters
from rentomatic.domain.room import OPTIONAL, Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Facet

FACETED = ("price", "size")
FACETED_WORDS = ("kind", "features")
MAX_WORDS = 50
BUCKETS = 20


def counts_without_of(rooms: RoomRepository, filters: Filters) -> tuple[int, ...]:
    """Compute `RoomRepository.counts_without` by one count for each condition."""
    others = (filters[:index] + filters[index + 1 :] for index in range(len(filters)))
    return tuple(map(rooms.count, others))


def facet_of(rooms: RoomRepository, filters: Filters, field: str) -> Facet:
    """Compute `RoomRepository.facet` by one scan."""
    counts = Counter(getattr(room, field) for room in rooms.scan(filters))
    unknown = counts.pop(None, 0)
    if not counts:
        return Facet(None, None, (0,) * BUCKETS, unknown)
    minimum, maximum = min(counts), max(counts)
    buckets = [0] * BUCKETS
    for value, count in counts.items():
        buckets[_bucket(value, minimum, maximum)] += count
    return Facet(minimum, maximum, tuple(buckets), unknown)


def word_counts_of(rooms: RoomRepository, filters: Filters, field: str) -> dict[str, int]:
    """Compute `RoomRepository.word_counts` by one scan."""
    counts = Counter(word for room in rooms.scan(filters) for word in _words(room, field))
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MAX_WORDS])


def used_fields_of(rooms: RoomRepository) -> tuple[str, ...]:
    """Compute `RoomRepository.used_fields` by one scan."""
    used = {name for room in rooms.scan() for name in room.details}
    return tuple(name for name in OPTIONAL if name in used)


def _words(room: Room, field: str) -> tuple[str, ...]:
    value = getattr(room, field)
    if isinstance(value, tuple):
        return value
    return (value,) if value else ()


def _bucket(value: int, minimum: int, maximum: int) -> int:
    if minimum == maximum:
        return 0
    return min((value - minimum) * BUCKETS // (maximum - minimum), BUCKETS - 1)
