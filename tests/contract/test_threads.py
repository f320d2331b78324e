"""Threads that share a repository."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from rentomatic.domain.query import MAX_LIMIT, Query
from rentomatic.errors import RoomConflict, RoomNotFound
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport
from tests.rooms import room

THREADS = 6

T = TypeVar("T")
R = TypeVar("R")


def at_once(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, items))


def test_of_those_who_add_a_code_at_once_one_succeeds(rooms: RoomRepository) -> None:
    def add(price: int) -> int | None:
        try:
            rooms.add(room(price=price))
        except RoomConflict:
            return None
        return price

    (winner,) = [price for price in at_once(add, range(12)) if price is not None]

    assert rooms.search(Query()) == [room(price=winner)]


def test_of_those_who_remove_a_room_at_once_one_succeeds(rooms: RoomRepository) -> None:
    rooms.add(room())

    def remove(_attempt: int) -> bool:
        try:
            rooms.remove(room())
        except RoomNotFound:
            return False
        return True

    assert sum(at_once(remove, range(12))) == 1


def test_rooms_put_at_once_in_opposite_orders_are_created_once(rooms: RoomRepository) -> None:
    many = [room(number) for number in range(200)]

    reports = at_once(rooms.put, [many, many[::-1]] * 4)

    assert sum(reports, ImportReport()) == ImportReport(created=200, unchanged=7 * 200)
    assert rooms.count() == 200


def test_searches_during_a_put_see_whole_rooms_in_order(rooms: RoomRepository) -> None:
    def put_or_search(turn: int) -> list[int]:
        if turn % 2:
            return [found.price for found in rooms.search(Query(limit=MAX_LIMIT))]
        rooms.put(room(number, price=number, size=number + 1) for number in range(300))
        return []

    prices = at_once(put_or_search, range(12))

    assert all(found == sorted(found) for found in prices)
    assert [found.size for found in rooms.search(Query(limit=300))] == list(range(1, 301))
