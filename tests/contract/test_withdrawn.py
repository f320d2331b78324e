"""Rooms that were deleted are remembered for a year."""

from datetime import UTC, datetime, timedelta

import pytest

from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.withdrawn import WithdrawnRoom
from rentomatic.errors import RoomChanged
from rentomatic.repository.protocols import RoomRepository
from tests.rooms import full_room, room

SECOND = timedelta(seconds=1)


def withdrawn(rooms: RoomRepository, code: str) -> tuple[str, float, float]:
    """Return the members of a withdrawn room that a test knows; its time is now."""
    found = rooms.find_withdrawn(code)
    assert found is not None
    assert abs(datetime.now(UTC) - found.time) < 60 * SECOND
    return found[:3]


def test_a_room_that_was_never_there_is_not_withdrawn(rooms: RoomRepository) -> None:
    rooms.add(room(1))

    assert rooms.find_withdrawn(room(1).code) is None
    assert rooms.find_withdrawn(room(2).code) is None


def test_a_removed_room_is_remembered_with_its_position(rooms: RoomRepository) -> None:
    rooms.add(room())
    rooms.remove(room())

    assert withdrawn(rooms, room().code) == (room().code, 19.94, 50.06)


def test_a_room_that_is_removed_again_is_remembered_where_it_was_last(
    rooms: RoomRepository,
) -> None:
    rooms.add(room())
    rooms.remove(room())
    rooms.add(room(longitude=-3.5))
    rooms.remove(room(longitude=-3.5))

    assert withdrawn(rooms, room().code) == (room().code, -3.5, 50.06)


def test_a_room_that_could_not_be_removed_is_not_withdrawn(rooms: RoomRepository) -> None:
    rooms.add(room(price=7))

    with pytest.raises(RoomChanged):
        rooms.remove(room(price=8))

    assert rooms.find_withdrawn(room().code) is None


def test_rooms_that_an_import_withdraws_are_remembered(rooms: RoomRepository) -> None:
    rooms.put(map(full_room, range(10)))
    mirror = Mirror("agency", set())

    rooms.put(map(full_room, range(8)), dry_run=True, mirror=mirror)
    assert rooms.find_withdrawn(full_room(8).code) is None

    rooms.put(map(full_room, range(8)), mirror=mirror)
    for number in (8, 9):
        assert withdrawn(rooms, room(number).code) == (room(number).code, 19.94, 50.06)
    assert rooms.find_withdrawn(full_room(7).code) is None


def test_a_withdrawn_room_is_forgotten_after_a_year() -> None:
    now = datetime.now(UTC)
    year = timedelta(days=365)

    assert not WithdrawnRoom("", 0, 0, now - year + SECOND).is_expired(now)
    assert WithdrawnRoom("", 0, 0, now - year - SECOND).is_expired(now)
