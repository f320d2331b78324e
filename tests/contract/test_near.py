"""Rooms around a point: how far they are, in which order, and which of them within a circle."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Filter, Within
from rentomatic.domain.globe import HALF_CIRCUMFERENCE, Point
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import DISTANCE, MAX_LIMIT, Query, Search
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.cursors import parse_cursor
from rentomatic.use_cases.search import compute_facets, search_rooms
from tests import strategies
from tests.rooms import room

# A storage may round its own way: places as near to each other as this have no order.
METRE = 1.0

bounded = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


def nearest(near: Point, **changes: object) -> Query:
    return Query(limit=MAX_LIMIT, sort=DISTANCE, near=near)._replace(**changes)  # type: ignore[arg-type]


def empty(rooms: RoomRepository) -> None:
    for old in rooms.search(Query(limit=MAX_LIMIT)):
        rooms.remove(old)


def pages(rooms: RoomRepository, query: Query) -> Iterator[list[Room]]:
    page = search_rooms(rooms, Search(query))
    yield page.rooms
    while page.next:
        page = search_rooms(rooms, Search(*parse_cursor(query, page.next)))
        yield page.rooms


def test_a_degree_of_longitude_is_shorter_in_the_north(rooms: RoomRepository) -> None:
    oslo = Point(10.75, 60)
    east = room(1, longitude=12.25, latitude=60.0)  # one and a half degrees, 83 km
    north = room(2, longitude=10.75, latitude=61.0)  # one degree, 111 km
    rooms.put([north, east])

    assert rooms.search(nearest(oslo)) == [east, north]
    assert rooms.search(nearest(oslo, descending=True)) == [north, east]
    assert rooms.search(Query((Within(oslo, 100_000),))) == [east]


def test_the_antimeridian_divides_nothing(rooms: RoomRepository) -> None:
    east, west, far = (
        room(number, longitude=longitude, latitude=-17)
        for number, longitude in enumerate((179.9, -179.9, 179.7))
    )
    rooms.put([far, west, east])
    fiji = Point(-179.98, -17)

    assert rooms.search(nearest(fiji)) == [west, east, far]
    assert rooms.search(Query((Within(fiji, 20_000),))) == [east, west]
    assert rooms.count((Within(fiji, 20_000),)) == 2


def test_a_pole_is_one_place_under_every_longitude(rooms: RoomRepository) -> None:
    at_it = [room(n, longitude=n * 60 - 180, latitude=90.0) for n in range(7)]
    beyond = room(8, longitude=-170, latitude=89.99)
    rooms.put([beyond, *at_it])
    before = Point(10, 89.99)

    assert rooms.search(nearest(before)) == [*at_it, beyond]
    assert rooms.search(Query((Within(Point(33, 90), 0),))) == at_it
    assert rooms.search(Query((Within(before, 1200),))) == at_it
    assert rooms.count((Within(before, 2300),)) == 8


@pytest.mark.parametrize("longitude", [180.0, -180.0])
def test_the_antimeridian_has_two_names_for_each_place(
    rooms: RoomRepository, longitude: float
) -> None:
    places = [room(1, longitude=180, latitude=16.5), room(2, longitude=-180, latitude=16.5)]
    rooms.put(places)

    assert rooms.search(Query((Within(Point(longitude, 16.5), 0),))) == places
    assert rooms.search(nearest(Point(longitude, 16.5), descending=True)) == places[::-1]


def test_a_circle_that_reaches_the_other_side_of_the_earth_holds_everything(
    rooms: RoomRepository,
) -> None:
    rooms.put([room(1, longitude=10, latitude=50), room(2, longitude=-170, latitude=-50)])
    here = Point(10, 50)

    assert rooms.count((Within(here, HALF_CIRCUMFERENCE),)) == 2
    assert rooms.count((Within(here, 1e300),)) == 2
    assert rooms.count((Within(here, HALF_CIRCUMFERENCE - 10),)) == 1


def test_a_circle_is_one_condition_among_others(rooms: RoomRepository) -> None:
    here = Point(0, 0)
    rooms.put(room(n, price=n, longitude=n / 1000, latitude=0) for n in range(20))
    filters = (Filter("price", Operator.GTE, 3), Within(here, 1000))

    assert [each.price for each in rooms.search(Query(filters))] == [3, 4, 5, 6, 7, 8]
    assert [each.price for each in rooms.scan(filters)] == [3, 4, 5, 6, 7, 8]
    assert rooms.count(filters) == 6
    facets = compute_facets(rooms, filters)
    assert (facets.count, facets.without) == (6, ())
    assert (facets.fields["price"].minimum, facets.fields["price"].maximum) == (0, 8)
    assert [cluster.count for cluster in rooms.clusters(filters, 360.0)] == [6]
    assert [each.price for each in rooms.search(nearest(here, filters=filters, limit=2))] == [3, 4]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 4])
def test_pages_by_distance_go_there_and_back(
    rooms: RoomRepository, descending: bool, limit: int
) -> None:
    # Three rooms at each place, so that pages end among rooms of one distance.
    many = [room(n, longitude=n // 3 * 0.1, latitude=59.9 + n // 3 % 2 / 10) for n in range(21)]
    rooms.put(many)
    query = nearest(Point(0.31, 60.01), limit=limit, descending=descending)
    whole = rooms.search(query._replace(limit=MAX_LIMIT))

    there = list(pages(rooms, query))
    page = search_rooms(rooms, Search(query._replace(after=query.key(whole[-1])), backwards=True))
    back = [page.rooms]
    while page.previous:
        page = search_rooms(rooms, Search(*parse_cursor(query, page.previous)))
        back.append(page.rooms)

    assert [each for rooms_ in there for each in rooms_] == whole
    assert [each for rooms_ in back[::-1] for each in rooms_] == whole[:-1]
    assert len({each.code for each in whole}) == 21
    ranks = [query.sort_key(query.key(each)) for each in whole]
    assert ranks == sorted(ranks, reverse=descending)


@bounded
@given(
    some_rooms=any_of.lists(strategies.rooms, max_size=20, unique_by=lambda room: room.code),
    near=strategies.points,
    descending=any_of.booleans(),
    limit=any_of.integers(1, 4),
)
def test_every_repository_has_the_same_order_around_any_point(
    rooms: RoomRepository, some_rooms: list[Room], near: Point, descending: bool, limit: int
) -> None:
    empty(rooms)
    rooms.put(some_rooms)
    query = nearest(near, limit=limit, descending=descending)

    found = [each for page in pages(rooms, query) for each in page]

    assert sorted(found, key=repr) == sorted(some_rooms, key=repr)
    distances = [near.distance(each) for each in found]
    expected = sorted(distances, reverse=descending)
    assert all(abs(d - e) < METRE for d, e in zip(distances, expected, strict=True))


@bounded
@given(
    some_rooms=any_of.lists(strategies.rooms, max_size=20, unique_by=lambda room: room.code),
    near=strategies.points,
    metres=any_of.sampled_from([1e3, 1e6, HALF_CIRCUMFERENCE / 2]) | any_of.floats(2, 2.1e7),
)
def test_every_repository_finds_the_same_in_any_circle(
    rooms: RoomRepository, some_rooms: list[Room], near: Point, metres: float
) -> None:
    distances = {each.code: near.distance(each) for each in some_rooms}
    assume(all(abs(distance - metres) > METRE for distance in distances.values()))
    empty(rooms)
    rooms.put(some_rooms)
    within = (Within(near, metres),)

    found = rooms.search(Query(within, limit=MAX_LIMIT))
    by_distance = rooms.search(nearest(near, filters=within))

    assert {each.code for each in found} == {c for c, d in distances.items() if d < metres}
    assert {each.code for each in by_distance} == {each.code for each in found}
    assert rooms.count(within) == len(found) == compute_facets(rooms, within).count


def test_the_smallest_differences_of_coordinates_are_no_failure(rooms: RoomRepository) -> None:
    smallest = (1.1e-100, -1.2e-100, 1e-99, 0.0)
    rooms.put([room(n, longitude=each, latitude=-each) for n, each in enumerate(smallest)])
    for near in (Point(0, 0), Point(1.1e-100, 1e-99), Point(1e-99, -1.1e-100)):
        for query in (nearest(near), nearest(near, filters=(Within(near, 1),))):
            assert len(rooms.search(query)) == len(smallest)
