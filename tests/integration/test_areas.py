"""Boxes and circles are searched in one of two ways, and both find the same rooms."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Box, Condition, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE, MAX_LIMIT, Query
from rentomatic.domain.room import Room
from rentomatic.repository.connect import connect
from rentomatic.repository.memory import MemoryRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic_postgres.sql import search
from rentomatic_postgres.sql.areas import thresholds
from tests import strategies
from tests.rooms import room

pytestmark = pytest.mark.integration


@pytest.fixture
def rooms(postgres_url: str) -> Iterator[RoomRepository]:
    storage = connect(postgres_url)
    yield storage.rooms
    storage.close()


# The area has few rooms; many rooms, which a scan finds soon; many rooms, which it does not.
PLANS: dict[str, dict[str, int]] = {
    "few": {},
    "scan": {"few": 0, "hits": 0},
    "position": {"few": 0, "sampled": 0},
}

circles = any_of.builds(Within, strategies.points, any_of.floats(0, 2.1e7))


@pytest.mark.parametrize("plan", PLANS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some_rooms=any_of.lists(strategies.rooms, max_size=20),
    conditions=any_of.lists(strategies.boxes(), min_size=1, max_size=2),
    query=strategies.queries,
)
def test_few_rooms_and_many_are_found_alike(
    rooms: RoomRepository,
    plan: str,
    some_rooms: list[Room],
    conditions: list[Condition],
    query: Query,
) -> None:
    for old in rooms.search(Query(limit=MAX_LIMIT)):
        rooms.remove(old)
    rooms.put(some_rooms)
    query = query._replace(filters=(*conditions, *query.filters[-1:]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "thresholds", lambda limit: thresholds(limit) | PLANS[plan])
        found = rooms.search(query)

    expected = MemoryRooms(some_rooms)
    assert found == expected.search(query)


@pytest.mark.parametrize("plan", PLANS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_rooms=any_of.lists(strategies.rooms, max_size=20), circle=circles)
def test_so_are_the_rooms_of_a_circle(
    rooms: RoomRepository, plan: str, some_rooms: list[Room], circle: Within
) -> None:
    for old in rooms.search(Query(limit=MAX_LIMIT)):
        rooms.remove(old)
    rooms.put(some_rooms)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "thresholds", lambda limit: thresholds(limit) | PLANS[plan])
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


@pytest.mark.parametrize("longitude", [0, 179.99])
def test_the_nearest_of_many_are_found_where_degrees_mislead(
    rooms: RoomRepository, longitude: float
) -> None:
    """North of Bergen, a degree of longitude has half the length of a degree of latitude."""
    near = Point(longitude, 60.4)
    south = [room(n, longitude=longitude, latitude=60.3 - n / 1e5) for n in range(700)]
    places = [(longitude + 0.11 + n / 1e5 + 180) % 360 - 180 for n in range(700)]
    east = [room(n, longitude=place, latitude=60.4) for n, place in enumerate(places, 1000)]
    rooms.put([*south, *east])
    query = Query(sort=DISTANCE, near=near)

    found = rooms.search(query)

    assert found == east[:100]
    assert rooms.search(query._replace(after=query.key(found[-1]))) == east[100:200]


def test_a_page_of_the_nearest_is_full_although_rooms_are_removed_meanwhile(
    rooms: RoomRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = Point(0, 0)
    many = [room(n, longitude=n / 1e3, latitude=0) for n in range(20)]
    rooms.put(many)

    def remove_first(*_arguments: float) -> float:
        """The circle of the candidates then has fewer rooms than the page."""
        if rooms.count() == len(many):
            rooms.remove(many[0])
        return 0.0

    monkeypatch.setattr("rentomatic_postgres.rooms.reach", remove_first)

    assert rooms.search(Query(sort=DISTANCE, near=near, limit=3)) == many[1:4]
