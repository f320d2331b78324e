"""Order, limit and count of searches."""

import pytest

from rentomatic.domain.conditions import Filter
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import DEFAULT_LIMIT, MAX_LIMIT, Query
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import RoomRepository
from tests.rooms import room

CHEAP = (Filter("price", Operator.LT, 60),)


def test_rooms_come_by_price(rooms: RoomRepository) -> None:
    rooms.put([room(1, price=9), room(2, price=INT32_MAX), room(3, price=0), room(4, price=10)])

    assert [found.price for found in rooms.search(Query())] == [0, 9, 10, INT32_MAX]


def test_rooms_of_the_same_price_come_by_code(rooms: RoomRepository) -> None:
    codes = [f"{start}0000000-0000-4000-8000-000000000000" for start in "9abcdef012345678"]
    rooms.put([room(code=code) for code in codes])

    assert [found.code for found in rooms.search(Query())] == sorted(codes)


def test_no_more_rooms_are_found_than_the_limit(rooms: RoomRepository) -> None:
    rooms.put(room(number) for number in range(5))

    assert rooms.search(Query(limit=1)) == [room(0)]
    assert rooms.search(Query(limit=4)) == [room(0), room(1), room(2), room(3)]
    assert len(rooms.search(Query(limit=5))) == 5
    assert len(rooms.search(Query(limit=MAX_LIMIT))) == 5


def test_a_limit_of_zero_finds_nothing(rooms: RoomRepository) -> None:
    rooms.add(room())

    assert rooms.search(Query(limit=0)) == []


def test_a_search_that_names_no_limit_has_one(rooms: RoomRepository) -> None:
    rooms.put(room(number) for number in range(DEFAULT_LIMIT + 1))

    assert len(rooms.search(Query())) == DEFAULT_LIMIT


def test_the_limit_counts_the_rooms_that_meet_the_filters(rooms: RoomRepository) -> None:
    rooms.put([room(1, price=10), room(2, price=70), room(3, price=20), room(4, price=30)])

    assert rooms.search(Query(CHEAP, limit=2)) == [room(1, price=10), room(3, price=20)]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 12, 13])
def test_pages_together_are_the_whole_search(rooms: RoomRepository, limit: int) -> None:
    rooms.put(room(number, price=number % 3) for number in range(12))

    pages = pages_of(rooms, Query(limit=limit))

    assert [found for page in pages for found in page] == rooms.search(Query())
    assert {len(page) for page in pages[:-1]} <= {limit}


def test_a_page_begins_behind_its_key_whether_or_not_a_room_is_there(
    rooms: RoomRepository,
) -> None:
    rooms.put([room(1, price=10), room(3, price=10), room(1000, price=20)])

    def codes_behind(price: int, number: int) -> list[str]:
        return [found.code for found in rooms.search(Query(after=(price, room(number).code)))]

    assert codes_behind(9, 1000) == [room(1).code, room(3).code, room(1000).code]
    assert codes_behind(10, 1) == [room(3).code, room(1000).code]
    assert codes_behind(10, 2) == [room(3).code, room(1000).code]
    assert codes_behind(10, 3) == [room(1000).code]
    assert codes_behind(15, 2) == [room(1000).code]
    assert codes_behind(20, 1000) == []
    assert codes_behind(INT32_MAX, 1) == []


def test_pages_keep_to_the_filters(rooms: RoomRepository) -> None:
    rooms.put(room(number, price=50 + number // 4) for number in range(80))
    between = (Filter("price", Operator.GT, 55), Filter("price", Operator.LTE, 65))

    pages = pages_of(rooms, Query(between, limit=7))

    found = [room for page in pages for room in page]
    assert found == rooms.search(Query(between))
    assert len(found) == 40


def test_rooms_are_counted(rooms: RoomRepository) -> None:
    rooms.put(room(number, price=number) for number in range(120))

    assert rooms.count() == 120
    assert rooms.count(CHEAP) == 60
    assert rooms.count((*CHEAP, Filter("price", Operator.GTE, 58))) == 2
    assert rooms.count((Filter("price", Operator.GT, 120),)) == 0


def pages_of(rooms: RoomRepository, query: Query) -> list[list[Room]]:
    pages = []
    while page := rooms.search(query):
        assert page not in pages
        pages.append(page)
        query = query._replace(after=query.key(page[-1]))
    return pages
