"""Find places by name."""

from collections.abc import Sequence
from contextlib import suppress

from rentomatic.domain.globe import Point
from rentomatic.domain.places import FoundPlace
from rentomatic.domain.words import fold
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.gazetteer import Gazetteer
from rentomatic.repository.protocols import RoomRepository

REGION_SIDE = 2.0  # degrees: the cells that say where rooms are
MAX_REGIONS = 50
# A place is meant if all others of that name have at most this part of its people.
SMALL_NAMESAKE = 0.1


def find_places(
    gazetteer: Gazetteer, rooms: RoomRepository, text: str, limit: int
) -> list[FoundPlace]:
    """Return the places that a text names.

    Those close to rooms are preferred, if it can be read right now where the rooms are.
    """
    near: Sequence[Point] = ()
    with suppress(RepositoryUnavailable):
        near = where_rooms_are(rooms)
    return gazetteer.find(text, limit, near)


def where_rooms_are(rooms: RoomRepository) -> Sequence[Point]:
    """Return the middle of the rooms of each region, those with the most rooms first."""
    clusters = sorted(rooms.clusters((), REGION_SIDE), key=lambda each: -each.count)
    return [Point(each.longitude, each.latitude) for each in clusters[:MAX_REGIONS]]


def meant_place(found: Sequence[FoundPlace]) -> FoundPlace | None:
    """Return the place that is meant without doubt, or None if there is a choice."""
    if not found:
        return None
    first, *others = found
    people = first.place.population * SMALL_NAMESAKE
    namesakes = (each for each in others if fold(each.name) == fold(first.name))
    return None if any(each.place.population > people for each in namesakes) else first
