"""The places that have rooms."""

from collections.abc import Sequence
from random import Random

import pytest

from rentomatic.domain.conditions import Box
from rentomatic.domain.globe import Point
from rentomatic.domain.places import FoundPlace, Place
from rentomatic.repository.memory import MemoryRooms
from rentomatic.requests.places import WORLD
from rentomatic.use_cases.places_with_rooms import (
    PlacesWithRooms,
    find_places_with_rooms,
    neighbours_of,
    place_of,
)
from rentomatic_places import SqliteGazetteer
from tests.rooms import room

GAZETTEER = SqliteGazetteer()
BOXES = 100_000  # more than there are places


def town(number: int, longitude: float, latitude: float, people: int = 20_000) -> Place:
    return Place(number, f"Town {number}", "", "XX", "X", longitude, latitude, people)


class Towns:
    """A Gazetteer of a few towns, which is asked only for those in a box or by position."""

    attribution = ""

    def __init__(self, *towns: Place) -> None:
        self.towns = towns

    def get(self, place_id: int) -> Place | None:
        return next((each for each in self.towns if each.id == place_id), None)

    def find(self, text: str, limit: int, near: Sequence[Point] = ()) -> list[FoundPlace]:  # noqa: ARG002
        return []

    def nearest(self, point: Point) -> Place | None:
        return min(self.towns, key=point.distance, default=None)

    def inside(self, box: Box, limit: int) -> list[Place]:
        return [
            each
            for each in self.towns
            if any(
                part.west <= each.longitude <= part.east
                and part.south <= each.latitude <= part.north
                for part in box.parts
            )
        ][:limit]


def places_with(towns: Sequence[Place], *points: tuple[float, float]) -> PlacesWithRooms:
    rooms = [
        room(number, longitude=longitude, latitude=latitude)
        for number, (longitude, latitude) in enumerate(points)
    ]
    return find_places_with_rooms(Towns(*towns), MemoryRooms(rooms))


def test_a_place_has_the_rooms_within_its_radius() -> None:
    small, large = town(1, 0, 0), town(2, 1, 0, people=300_000)  # 5 km and 15 km

    found = places_with([small, large], (0.044, 0), (0.09, 0), (1.13, 0), (0.87, 0), (1.15, 0))

    assert [(each.place.id, each.rooms) for each in found.places.values()] == [(2, 2), (1, 1)]
    assert found.parts == {}


@pytest.mark.parametrize(
    ("place", "position"),
    [
        ((179.99, -16.8), (-179.99, -16.8)),
        ((-180, 0), (180, 0.01)),
        ((20, 89.99), (-160, 89.99)),
        ((0, -90), (77, -90)),
    ],
)
def test_the_antimeridian_and_the_poles_are_no_border(
    place: tuple[float, float], position: tuple[float, float]
) -> None:
    assert places_with([town(1, *place)], position).places.keys() == {1}


def test_a_part_of_a_larger_place_with_the_same_rooms_belongs_to_it() -> None:
    city, district = town(1, 0, 0, people=2_000_000), town(2, 0.02, 0)
    suburb, further = town(3, 0.1, 0), town(4, 0.06, 0)  # 11 km and 7 km from the city

    found = places_with([district, suburb, city, further], *[(0.03, 0.001 * n) for n in range(9)])

    assert list(found.places) == [1, 4]
    assert found.parts == {2: 1}
    assert found.main(2) == found.main(1) == city
    assert found.main(3) is None


def test_a_part_with_fewer_rooms_has_a_page_of_its_own() -> None:
    city, district = town(1, 0, 0, people=2_000_000), town(2, 0.02, 0)

    found = places_with([city, district], (0.03, 0), (0.1, 0), (-0.1, 0))

    assert list(found.places) == [1, 2]


def test_no_rooms_are_in_no_places() -> None:
    assert places_with([town(1, 0, 0)]) == PlacesWithRooms({}, {})


@pytest.mark.slow
def test_all_places_of_the_gazetteer_are_found_that_have_rooms() -> None:
    random = Random(18)  # noqa: S311 (reproducible)
    everywhere = GAZETTEER.inside(WORLD, BOXES)
    starts = [random.choice(everywhere) for _ in range(20)]
    rooms = [
        room(
            number,
            longitude=max(min(start.longitude + random.uniform(-0.2, 0.2), 180), -180),
            latitude=max(min(start.latitude + random.uniform(-0.2, 0.2), 90), -90),
        )
        for number, start in enumerate(starts)
    ]

    found = find_places_with_rooms(GAZETTEER, MemoryRooms(rooms))

    expected = {
        place.id
        for place in everywhere
        if any(
            abs(place.latitude - each.latitude) < 1 and place.point.distance(each) <= place.radius
            for each in rooms
        )
    }
    assert found.places.keys() | found.parts.keys() == expected
    assert found.places.keys().isdisjoint(found.parts)


def test_the_nearest_neighbours_with_rooms_come_first() -> None:
    towns = [town(number, 0.1 * number, 0) for number in range(5)]

    assert neighbours_of(Towns(*towns), towns[2], {0, 1, 2, 4}, 2) == [towns[1], towns[0]]
    assert neighbours_of(Towns(*towns), towns[2], set(), 2) == []


def test_a_position_is_in_the_nearest_place_or_in_none() -> None:
    towns = Towns(town(1, 0, 0), town(2, 0.05, 0))

    assert place_of(towns, Point(0.01, 0)) == towns.towns[0]
    assert place_of(towns, Point(0.04, 0)) == towns.towns[1]
    assert place_of(towns, Point(0.2, 0)) is None
    assert place_of(Towns(), Point(0, 0)) is None
