"""Boxes on the globe: their edges, the antimeridian and the poles."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Box, Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import MAX_LIMIT, Query
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.search import parse_box
from tests import strategies
from tests.rooms import room

PLACES = {
    "greenwich": (0.0, 51.5),
    "fiji": (178.0, -18.0),
    "samoa": (-172.0, -13.8),
    "line, by its eastern name": (180.0, -16.5),
    "line, by its western name": (-180.0, -16.5),
    "north pole": (12.5, 90.0),
    "south pole": (-100.0, -90.0),
}
ROOMS = {
    name: room(number, longitude=longitude, latitude=latitude)
    for number, (name, (longitude, latitude)) in enumerate(PLACES.items())
}
LINE = {"line, by its eastern name", "line, by its western name"}


def names_in(rooms: RoomRepository, condition: Box) -> set[str]:
    rooms.put(ROOMS.values())
    found = {each.code for each in rooms.search(Query((condition,)))}
    assert len(found) == rooms.count((condition,)) == len(list(rooms.scan((condition,))))
    return {name for name, each in ROOMS.items() if each.code in found}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("-1,51,1,52", {"greenwich"}),
        ("0,51.5,0,51.5", {"greenwich"}),
        ("0.1,51,1,52", set()),
        ("170,-20,-170,-10", {"fiji", "samoa", *LINE}),
        ("170,-20,180,-10", {"fiji", *LINE}),
        ("-180,-20,-170,-10", {"samoa", *LINE}),
        ("180,-20,-180,-10", LINE),
        ("180,-20,180,-10", LINE),
        ("-180,-20,-180,-10", LINE),
        ("1,51,-1,52", set()),
        ("10,80,20,90", {"north pole"}),
        ("100,80,120,90", {"north pole"}),
        ("100,80,120,89.9", set()),
        ("0,-90,1,-80", {"south pole"}),
        ("-180,-90,180,90", set(PLACES)),
        ("0,-90,-0.5,90", set(PLACES)),
    ],
)
def test_a_box_holds_what_lies_in_it_and_on_its_edge(
    rooms: RoomRepository, text: str, names: set[str]
) -> None:
    assert names_in(rooms, parse_box(text)) == names


def test_a_box_is_one_condition_among_others(rooms: RoomRepository) -> None:
    rooms.put([room(1, price=5, latitude=0), room(2, price=6, latitude=0), room(3, latitude=50)])
    cheap, tropics = Filter("price", Operator.LT, 6), Box(0, -1, 20, 1)

    assert rooms.search(Query((cheap, tropics))) == [room(1, price=5, latitude=0)]
    assert rooms.search(Query((tropics, cheap))) == [room(1, price=5, latitude=0)]


def test_a_box_holds_on_every_page(rooms: RoomRepository) -> None:
    rooms.put(room(number, price=number, latitude=number) for number in range(20))
    wanted = (Box(0, 5, 30, 15),)

    first = rooms.search(Query(wanted, limit=4))
    rest = rooms.search(Query(wanted, after=Query().key(first[-1])))

    assert [each.price for each in first + rest] == list(range(5, 16))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some_rooms=any_of.lists(strategies.rooms, max_size=20),
    west=strategies.degrees(180),
    east=strategies.degrees(180),
    latitudes=any_of.tuples(strategies.degrees(90), strategies.degrees(90)).map(sorted),
)
def test_every_repository_finds_the_same_in_any_box(
    rooms: RoomRepository,
    some_rooms: list[Room],
    west: float,
    east: float,
    latitudes: list[float],
) -> None:
    for old in rooms.search(Query(limit=MAX_LIMIT)):
        rooms.remove(old)
    rooms.put(some_rooms)
    south, north = latitudes

    found = rooms.search(Query((Box(west, south, east, north),), limit=MAX_LIMIT))

    def holds(longitude: float, latitude: float) -> bool:
        if latitude in (90, -90) and latitude in (south, north):
            return True
        turns = [longitude] if abs(longitude) < 180 else [-180.0, 180.0]
        inside = [
            west <= turn <= east if west <= east else turn >= west or turn <= east
            for turn in turns
        ]
        return any(inside) and south <= latitude <= north

    everything = rooms.search(Query(limit=MAX_LIMIT))
    assert found == [each for each in everything if holds(each.longitude, each.latitude)]
