"""Boxes and circles are looked up in one of two ways, and both find the same."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Box, Condition, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.query import MAX_LIMIT, Query
from rentomatic.domain.room import Room
from rentomatic.repository.connect import connect
from rentomatic.repository.memory import MemoryRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic_postgres.sql import areas
from tests import strategies
from tests.rooms import room

pytestmark = pytest.mark.integration


@pytest.fixture
def rooms(postgres_url: str) -> Iterator[RoomRepository]:
    storage = connect(postgres_url)
    yield storage.rooms
    storage.close()


@any_of.composite
def boxes(draw: any_of.DrawFn) -> Condition:
    south, north = sorted(draw(strategies.degrees(90)) for _ in range(2))
    west, east = (draw(strategies.degrees(180)) for _ in range(2))
    return Box(west, south, east, north)


circles = any_of.builds(Within, strategies.points, any_of.floats(0, 2.1e7))


@pytest.mark.parametrize("limit", [1, 4, 1000])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some_rooms=any_of.lists(strategies.rooms, max_size=20),
    conditions=any_of.lists(boxes(), min_size=1, max_size=2),
    query=strategies.queries,
)
def test_few_rooms_and_many_are_found_alike(
    rooms: RoomRepository,
    limit: int,
    some_rooms: list[Room],
    conditions: list[Condition],
    query: Query,
) -> None:
    for old in rooms.search(Query(limit=MAX_LIMIT)):
        rooms.remove(old)
    rooms.put(some_rooms)
    query = query._replace(filters=(*query.filters[:1], *conditions))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "rentomatic_postgres.rooms.MAX_SORTED_ROOMS",
            dict.fromkeys(areas.MAX_SORTED_ROOMS, limit),
        )
        found = rooms.search(query)

    expected = MemoryRooms(some_rooms)
    assert found == expected.search(query)


@pytest.mark.parametrize("limit", [1, 1000])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_rooms=any_of.lists(strategies.rooms, max_size=20), circle=circles)
def test_so_are_the_rooms_of_a_circle(
    rooms: RoomRepository, limit: int, some_rooms: list[Room], circle: Within
) -> None:
    for old in rooms.search(Query(limit=MAX_LIMIT)):
        rooms.remove(old)
    rooms.put(some_rooms)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "rentomatic_postgres.rooms.MAX_SORTED_ROOMS",
            dict.fromkeys(areas.MAX_SORTED_ROOMS, limit),
        )
        found = rooms.search(Query((circle,), limit=MAX_LIMIT))

    # A metre from its edge, the two may round differently.
    bounds = [circle._replace(metres=max(circle.metres + more, 0)) for more in (-1, 1)]
    least, most = ({r.code for r in MemoryRooms(some_rooms).scan((each,))} for each in bounds)
    assert least <= {r.code for r in found} <= most
    assert found == sorted(found, key=Query().key)


def test_a_city_of_thousands_is_paged_through(rooms: RoomRepository) -> None:
    places = [(n % 70 / 1e3, n % 50 / 1e3) for n in range(2500)]
    many = [
        room(n, price=n % 90, longitude=longitude, latitude=latitude)
        for n, (longitude, latitude) in enumerate(places)
    ]
    rooms.put([*many, *(room(n, longitude=100) for n in range(2500, 3000))])
    box = Box(-1, -1, 1, 1)
    circle = Within(Point(0.03, 0.02), 20_000)

    for query in (Query((box,), limit=MAX_LIMIT), Query((circle, box), limit=MAX_LIMIT)):
        found = rooms.search(query)
        found += rooms.search(query._replace(after=query.key(found[-1])))
        found += rooms.search(query._replace(after=query.key(found[-1])))
        assert found == sorted(many, key=query.key)
