"""Concurrent changes of one room."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from rentomatic.domain.room import Room
from rentomatic.errors import RoomNotFound
from rentomatic.repository.protocols import RoomRepository
from rentomatic.use_cases.edit import change_room, put_room, remove_room
from tests.rooms import room


def test_no_change_is_lost(rooms: RoomRepository) -> None:
    rooms.add(room(price=0, size=1))

    def dearer(old: Room) -> Room:
        return replace(old, price=old.price + 1)

    def larger(old: Room) -> Room:
        return replace(old, size=(old.size or 0) + 1)

    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(lambda change: change_room(rooms, room().code, change), [dearer, larger] * 20)
        )

    assert rooms.get(room().code) == room(price=20, size=21)


def test_a_change_that_fails_changes_nothing(rooms: RoomRepository) -> None:
    rooms.add(room())

    def refuse(_old: Room) -> Room:
        raise LookupError

    with pytest.raises(LookupError):
        change_room(rooms, room().code, refuse)
    with pytest.raises(LookupError):
        remove_room(rooms, room().code, refuse)

    assert rooms.get(room().code) == room()


def test_what_is_not_there_is_neither_changed_nor_removed(rooms: RoomRepository) -> None:
    with pytest.raises(RoomNotFound):
        change_room(rooms, room().code, lambda old: old)
    with pytest.raises(RoomNotFound):
        remove_room(rooms, room().code, lambda old: old)


def test_of_those_who_put_a_room_at_once_one_makes_it(rooms: RoomRepository) -> None:
    def put(price: int) -> bool:
        return put_room(rooms, room(price=price), lambda old: old)[1]

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(put, range(12)))

    assert sum(made) == 1
    assert rooms.count() == 1
    assert rooms.get(room().code).price in range(12)


def test_who_may_put_a_room_is_asked_about_the_one_that_is_there(rooms: RoomRepository) -> None:
    asked: list[Room | None] = []

    put_room(rooms, room(price=1), asked.append)
    put_room(rooms, room(price=2), asked.append)

    assert asked == [None, room(price=1)]
