"""Scans of all rooms."""

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.repository.protocols import RoomRepository
from tests.rooms import room

CHEAP = (Filter("price", Operator.LT, 3),)
# More than any storage fetches at once, which is 1000.
ROOMS = [room(number, price=number % 7) for number in range(1100)]


def test_every_room_is_yielded_by_price_then_code(rooms: RoomRepository) -> None:
    rooms.put(ROOMS)

    assert list(rooms.scan()) == sorted(ROOMS, key=lambda room: (room.price, room.code))


def test_only_rooms_that_meet_every_filter_are_yielded(rooms: RoomRepository) -> None:
    rooms.put(ROOMS)

    found = list(rooms.scan(CHEAP))

    assert {room.price for room in found} == {0, 1, 2}
    assert len(found) == rooms.count(CHEAP)


def test_nothing_is_yielded_where_there_is_nothing(rooms: RoomRepository) -> None:
    assert list(rooms.scan()) == []


def test_a_reader_that_stops_early_leaves_the_repository_usable(rooms: RoomRepository) -> None:
    rooms.put(ROOMS)
    for _ in range(20):
        reader = rooms.scan()
        next(reader)
        reader.close()  # type: ignore[attr-defined]

    rooms.remove(ROOMS[0])
    assert rooms.count() == len(ROOMS) - 1
