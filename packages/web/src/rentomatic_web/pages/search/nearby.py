"""The rooms nearest to a place without rooms."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from rentomatic.domain.conditions import Box, Filters, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.places import Place
from rentomatic.domain.query import DISTANCE, Query
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.responses import Facets
from rentomatic.use_cases.places import where_rooms_are
from rentomatic_web.context import current
from rentomatic_web.pages.search.where import RADII
from rentomatic_web.pages.state import State
from rentomatic_web.pages.texts.numbers import radius

MAX_ROOMS = 6
# Without a bound, PostgreSQL sorts all rooms if the nearest are on another continent.
MAX_METRES = 1_000_000


class Nearby(NamedTuple):
    """The nearest rooms, and larger radii with rooms: their texts and URLs.

    `is_alike` is false if no room meets the other conditions of the search.
    """

    rooms: list[Room]
    is_alike: bool
    radii: list[tuple[str, str]]


def rooms_nearby(state: State, filters: Filters, facets: Facets | None, place: Place) -> Nearby:
    others = tuple(each for each in filters if not isinstance(each, Box | Within))
    are_wanted = not others or _are_elsewhere(filters, facets)
    rooms = _nearest(others, place) if are_wanted else []
    if rooms or not others:
        return Nearby(rooms, True, _radii(state, place, rooms))
    return Nearby(_nearest((), place), False, [])


def _are_elsewhere(filters: Filters, facets: Facets | None) -> bool:
    """Return whether rooms outside the circle meet the other conditions."""
    counts = zip(filters, facets.without if facets else (), strict=False)
    return any(count for condition, count in counts if isinstance(condition, Within))


def _nearest(filters: Filters, place: Place) -> list[Room]:
    """Return the nearest rooms or, if they are very far away, some of the nearest region."""
    for centre in _centres(place):
        conditions = (*filters, Within(centre, MAX_METRES))
        query = Query(conditions, limit=MAX_ROOMS, sort=DISTANCE, near=centre)
        if rooms := current().rooms.search(query):
            return sorted(rooms, key=place.point.distance)
    return []


def _centres(place: Place) -> Iterator[Point]:
    yield place.point
    with suppress(RepositoryUnavailable):
        regions = where_rooms_are(current().rooms)
        yield from sorted(regions, key=place.point.distance)[:1]


def _radii(state: State, place: Place, rooms: list[Room]) -> list[tuple[str, str]]:
    return [
        (radius(metres), state.url(within=str(metres), bbox=None))
        for metres in RADII
        if rooms and metres >= place.point.distance(rooms[0])
    ]
