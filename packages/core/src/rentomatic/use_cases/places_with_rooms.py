"""The places that have rooms: a room belongs to each place within whose radius it is.

The rooms are counted by the cells of a fine grid, as if all rooms of a cell were in their middle.
So the counts are not exact: they order places, and tell which ones have rooms.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from math import floor
from typing import NamedTuple, TypeVar

from rentomatic.domain.conditions import Box, Within
from rentomatic.domain.globe import Point, Position
from rentomatic.domain.places import RADII, Place
from rentomatic.repository.gazetteer import Gazetteer
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Cluster

CELL_SIDE = 360 / (1 << 12)  # degrees: less than 10 km
BLOCK_CELLS = 16  # along each side of the blocks whose places are read together
LARGEST_RADIUS = RADII[0][1]  # metres
NEIGHBOURHOOD = 50_000  # metres
MAX_PLACES = 10_000  # of one box, more than any has
# A part of a larger place shows the same rooms if it has this part of them or more.
SAME_ROOMS = 0.8

T = TypeVar("T")
Cell = tuple[int, int]  # row and column


class PlaceWithRooms(NamedTuple):
    place: Place
    rooms: int


class PlacesWithRooms(NamedTuple):
    """The places that have rooms by id, those with the most rooms first.

    `parts` are the ids of others, which show the same rooms as a larger place around them, and the
    id of that place.
    """

    places: dict[int, PlaceWithRooms]
    parts: dict[int, int]

    def main(self, place_id: int) -> Place | None:
        """Return the place, or the larger one whose rooms it shows, if that has rooms."""
        found = self.places.get(self.parts.get(place_id, place_id))
        return found.place if found else None


def find_places_with_rooms(gazetteer: Gazetteer, rooms: RoomRepository) -> PlacesWithRooms:
    """Find every place that has rooms; takes seconds if they are all over the world."""
    cells = {_cell(each): each for each in rooms.clusters((), CELL_SIDE)}
    counted = (
        PlaceWithRooms(place, _count(cells, place)) for place in _places_near(gazetteer, cells)
    )
    found = [each for each in counted if each.rooms]
    parts = _parts(sorted(found, key=lambda each: (-each.place.population, each.place.id)))
    found.sort(key=lambda each: (-each.rooms, -each.place.population, each.place.id))
    return PlacesWithRooms({e.place.id: e for e in found if e.place.id not in parts}, parts)


def neighbours_of(
    gazetteer: Gazetteer, place: Place, with_rooms: Collection[int], limit: int
) -> list[Place]:
    """Return the places nearest to a place whose ids are in `with_rooms`."""
    around = gazetteer.inside(Within(place.point, NEIGHBOURHOOD).box, MAX_PLACES)
    others = (each for each in around if each.id in with_rooms and each.id != place.id)
    return sorted(others, key=place.point.distance)[:limit]


def place_of(gazetteer: Gazetteer, position: Point) -> Place | None:
    """Return the place nearest to a position if the position is within its radius, or None."""
    place = gazetteer.nearest(position)
    is_inside = place is not None and place.point.distance(position) <= place.radius
    return place if is_inside else None


def _places_near(gazetteer: Gazetteer, cells: Mapping[Cell, Cluster]) -> Iterator[Place]:
    """Yield, once, each place whose circle may have rooms."""
    blocks = {(row // BLOCK_CELLS, column // BLOCK_CELLS) for row, column in cells}
    seen: set[int] = set()
    for block in sorted(blocks):
        for place in gazetteer.inside(_box_around(*block), MAX_PLACES):
            if place.id not in seen:
                seen.add(place.id)
                yield place


def _box_around(row: int, column: int) -> Box:
    """Return a box around all places whose circles may have rooms of a block."""
    side = CELL_SIDE * BLOCK_CELLS
    south, west = row * side - 90, column * side - 180
    middle = Point(west + side / 2, south + side / 2)
    # The side nearer to the equator is the longer one.
    corner = Point(west, min(south, south + side, key=abs))
    return Within(middle, middle.distance(corner) + LARGEST_RADIUS).box


def _count(cells: Mapping[Cell, Cluster], place: Place) -> int:
    return sum(
        cluster.count
        for cluster in _values_in(cells, place.circle.box)
        if place.point.distance(cluster) <= place.radius
    )


def _parts(found: list[PlaceWithRooms]) -> dict[int, int]:
    """Return the places that show the same rooms as a larger one, which come first."""
    parts: dict[int, int] = {}
    mains: defaultdict[Cell, list[PlaceWithRooms]] = defaultdict(list)
    for place, rooms in found:
        for main in chain.from_iterable(_values_in(mains, place.circle.box)):
            is_near = place.point.distance(main.place) <= place.radius
            if is_near and rooms >= SAME_ROOMS * main.rooms:
                parts[place.id] = main.place.id
                break
        else:
            mains[_cell(place)].append(PlaceWithRooms(place, rooms))
    return parts


def _values_in(cells: Mapping[Cell, T], box: Box) -> Iterator[T]:
    for part in box.parts:
        for row in _span(part.south + 90, part.north + 90):
            for column in _span(part.west + 180, part.east + 180):
                if (row, column) in cells:
                    yield cells[row, column]


def _cell(position: Position) -> Cell:
    return _number(position.latitude + 90), _number(position.longitude + 180)


def _span(start: float, end: float) -> range:
    return range(_number(start), _number(end) + 1)


def _number(degrees: float) -> int:
    return floor(degrees / CELL_SIDE)
