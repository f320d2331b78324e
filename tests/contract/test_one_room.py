"""Reading, adding, replacing and removing one room."""

from typing import Any

import pytest

from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.errors import RoomChanged, RoomConflict, RoomNotFound
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.protocols import RoomRepository
from tests.rooms import room

EXTREME_ROOMS = (
    room(size=1, price=0, longitude=-180.0, latitude=-90.0),
    room(size=INT32_MAX, price=INT32_MAX, longitude=180.0, latitude=90.0),
    room(longitude=-0.0, latitude=-0.0),
    room(longitude=5e-324, latitude=-5e-324),
    room(longitude=0.1 + 0.2, latitude=1 / 3),
    room(longitude=179.99999999999997, latitude=-89.99999999999999),
    room(longitude=19, latitude=50),
    room(code="00000000-0000-0000-0000-000000000000"),
    room(code="FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"),
)


def test_a_new_repository_is_empty(rooms: RoomRepository) -> None:
    assert rooms.search(Query()) == []
    assert rooms.count() == 0


def test_a_repository_that_works_passes_its_check(rooms: RoomRepository) -> None:
    rooms.check()


@pytest.mark.parametrize("kept", [*EXAMPLE_ROOMS, *EXTREME_ROOMS], ids=repr)
def test_a_room_comes_back_as_it_was_added(rooms: RoomRepository, kept: Room) -> None:
    rooms.add(kept)

    assert repr(rooms.get(kept.code)) == repr(kept)
    assert [repr(found) for found in rooms.search(Query())] == [repr(kept)]


def test_a_code_is_added_once(rooms: RoomRepository) -> None:
    rooms.add(room(price=50))

    with pytest.raises(RoomConflict, match=f"There is already a room {room().code}"):
        rooms.add(room(price=60))

    assert rooms.get(room().code) == room(price=50)
    assert rooms.count() == 1


def test_adding_a_room_leaves_the_others_alone(rooms: RoomRepository) -> None:
    rooms.add(room(1))
    rooms.add(room(2))

    assert rooms.search(Query()) == [room(1), room(2)]


def test_a_room_nobody_added_is_not_found(rooms: RoomRepository) -> None:
    rooms.add(room(1))

    with pytest.raises(RoomNotFound, match=f"There is no room {room(2).code}"):
        rooms.get(room(2).code)


@pytest.mark.parametrize(
    "changes",
    [{"size": 21}, {"price": 0}, {"longitude": -19.94}, {"latitude": -50.06}, {}],
    ids=repr,
)
def test_a_room_is_replaced_by_the_one_with_its_code(
    rooms: RoomRepository, changes: dict[str, Any]
) -> None:
    rooms.add(room(1))
    rooms.add(room(2))

    rooms.replace(room(1), room(1, **changes))

    assert rooms.get(room(1).code) == room(1, **changes)
    assert rooms.get(room(2).code) == room(2)
    assert rooms.count() == 2


def test_a_room_that_is_not_there_is_not_replaced(rooms: RoomRepository) -> None:
    rooms.add(room(1))

    with pytest.raises(RoomNotFound, match=f"There is no room {room(2).code}"):
        rooms.replace(room(2), room(2, price=1))

    assert rooms.search(Query()) == [room(1)]


@pytest.mark.parametrize(
    "changes",
    [{"size": 21}, {"price": 0}, {"longitude": -19.94}, {"latitude": 50.06000000000001}],
    ids=repr,
)
def test_a_room_that_has_changed_meanwhile_is_neither_replaced_nor_removed(
    rooms: RoomRepository, changes: dict[str, Any]
) -> None:
    rooms.add(room(**changes))

    with pytest.raises(RoomChanged, match=f"The room {room().code} has been changed meanwhile"):
        rooms.replace(room(), room(price=7))
    with pytest.raises(RoomChanged):
        rooms.remove(room())

    assert rooms.search(Query()) == [room(**changes)]


def test_a_removed_room_is_forgotten(rooms: RoomRepository) -> None:
    rooms.add(room(1))
    rooms.add(room(2))

    rooms.remove(room(1))

    with pytest.raises(RoomNotFound):
        rooms.get(room(1).code)
    assert rooms.search(Query()) == [room(2)]


def test_a_room_is_removed_once(rooms: RoomRepository) -> None:
    rooms.add(room())
    rooms.remove(room())

    with pytest.raises(RoomNotFound, match=f"There is no room {room().code}"):
        rooms.remove(room())


def test_a_removed_code_can_be_added_again(rooms: RoomRepository) -> None:
    rooms.add(room(price=50))
    rooms.remove(room(price=50))

    rooms.add(room(price=60))

    assert rooms.get(room().code) == room(price=60)
