"""How the rooms of a search spread, by what every repository can do anyway."""

from collections import Counter

from rentomatic.domain.conditions import Filters, without_field
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Facet, Facets

FACETED = ("price", "size")
BUCKETS = 20


def facets_of(rooms: RoomRepository, filters: Filters) -> Facets:
    """Return the facets of the rooms that meet the conditions, from one reading for each."""
    found = rooms.count(filters)
    places = () if found else range(len(filters))
    return Facets(
        count=found,
        fields={field: _facet(rooms, without_field(filters, field), field) for field in FACETED},
        without=tuple(rooms.count(filters[:place] + filters[place + 1 :]) for place in places),
    )


def _facet(rooms: RoomRepository, filters: Filters, field: str) -> Facet:
    times = Counter(getattr(room, field) for room in rooms.scan(filters))
    if not times:
        return Facet(None, None, (0,) * BUCKETS)
    minimum, maximum = min(times), max(times)
    buckets = [0] * BUCKETS
    for value, number in times.items():
        buckets[_bucket(value, minimum, maximum)] += number
    return Facet(minimum, maximum, tuple(buckets))


def _bucket(value: int, minimum: int, maximum: int) -> int:
    if minimum == maximum:
        return 0
    return min((value - minimum) * BUCKETS // (maximum - minimum), BUCKETS - 1)
