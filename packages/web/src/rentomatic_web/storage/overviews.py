"""Overviews of all rooms: the places that have some, and the codes that cut them into sitemaps."""

from functools import partial
from typing import Any

from rentomatic.domain.places import Place
from rentomatic.repository.gazetteer import Gazetteer
from rentomatic.repository.protocols import RoomRepository
from rentomatic.use_cases.places_with_rooms import (
    PlacesWithRooms,
    PlaceWithRooms,
    find_places_with_rooms,
)
from rentomatic_web.storage.kept import Computation, Kept
from rentomatic_web.storage.results import Results
from rentomatic_web.storage.slots import Slots

# Sitemaps may have 50,000: the rest is for rooms that are added until the codes are cut again.
ROOMS_PER_SITEMAP = 40_000


def keep_places_with_rooms(
    gazetteer: Gazetteer, rooms: RoomRepository, results: Results, slots: Slots
) -> Kept[PlacesWithRooms]:
    compute = partial(find_places_with_rooms, gazetteer, rooms)
    return Kept(Computation("places_with_rooms", compute, _to_json, _from_json), results, slots)


def keep_sitemap_cuts(rooms: RoomRepository, results: Results, slots: Slots) -> Kept[list[str]]:
    """Keep the last code of each sitemap of rooms, except of the last one."""
    compute = partial(rooms.every_code, ROOMS_PER_SITEMAP)
    return Kept(Computation("sitemap_cuts", compute, list, list), results, slots)


def _to_json(found: PlacesWithRooms) -> list[Any]:
    places = [[each.rooms, *each.place] for each in found.places.values()]
    return [places, list(found.parts.items())]


def _from_json(content: list[Any]) -> PlacesWithRooms:
    places, parts = content
    found = (PlaceWithRooms(Place(*place), rooms) for rooms, *place in places)
    return PlacesWithRooms({each.place.id: each for each in found}, dict(parts))
