"""Pagination, in any order and in both directions."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import MAX_LIMIT, Query, Search
from rentomatic.domain.room import REQUIRED, Room
from rentomatic.repository.memory import MemoryRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.cursors import parse_cursor
from rentomatic.responses import Page
from rentomatic.use_cases.search import search_rooms
from tests import strategies
from tests.rooms import room

ORDERS = [(field, descending) for field in REQUIRED for descending in (False, True)]

# Many rooms share each value, and some values differ in their last digit alone.
MANY = [
    room(
        number * 7919 % 61,
        price=number % 3,
        size=1 + number % 4,
        longitude=0.1 + 0.2 if number % 2 else 0.3,
        latitude=[1e-99, 0, -89.99999999999999][number % 3],
    )
    for number in range(61)
]


def pages(rooms: RoomRepository, query: Query) -> Iterator[Page]:
    page = search_rooms(rooms, Search(query))
    yield page
    while page.next:
        page = search_rooms(rooms, Search(*parse_cursor(query, page.next)))
        yield page


def in_order(query: Query, rooms: list[Room]) -> list[Room]:
    return sorted(rooms, key=query.key, reverse=query.descending)


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
def test_rooms_come_in_the_order_of_any_field(
    rooms: RoomRepository, sort: str, descending: bool
) -> None:
    rooms.put(MANY)
    query = Query(limit=MAX_LIMIT, sort=sort, descending=descending)

    assert rooms.search(query) == in_order(query, MANY)


@pytest.mark.parametrize("limit", [1, 7, 61])
@pytest.mark.parametrize(("sort", "descending"), ORDERS)
def test_pages_forwards_and_backwards_are_the_whole_search(
    rooms: RoomRepository, sort: str, descending: bool, limit: int
) -> None:
    some = MANY[: 13 * limit]
    rooms.put(some)
    query = Query(limit=limit, sort=sort, descending=descending)

    there = list(pages(rooms, query))
    back, page = [there[-1]], there[-1]
    while page.previous:
        page = search_rooms(rooms, Search(*parse_cursor(query, page.previous)))
        back.append(page)

    assert [room for page in there for room in page.rooms] == in_order(query, some)
    assert [page.rooms for page in back[::-1]] == [page.rooms for page in there]
    assert back[-1].previous is None


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
def test_a_filter_on_the_sorted_field_holds_on_every_page(
    rooms: RoomRepository, sort: str, descending: bool
) -> None:
    rooms.put(MANY)
    filters: tuple[Filter, ...] = (Filter("code", Operator.NE, MANY[0].code),)
    if sort != "code":
        middle = sorted(getattr(room, sort) for room in MANY)[30]
        filters = (Filter(sort, Operator.GTE, middle), Filter(sort, Operator.LTE, middle))
    query = Query(filters, 5, sort=sort, descending=descending)

    found = [room for page in pages(rooms, query) for room in page.rooms]

    assert found == in_order(query, MemoryRooms(MANY).search(query._replace(limit=MAX_LIMIT)))
    assert 0 < len(found) < 61


@pytest.mark.parametrize(
    ("operator", "descending"),
    [
        (o, d)
        for o in (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
        for d in (False, True)
    ],
)
def test_a_made_up_place_outside_the_filters_finds_nothing_outside_them(
    rooms: RoomRepository, operator: Operator, descending: bool
) -> None:
    rooms.put(room(number, price=number) for number in range(10))
    filters = (Filter("price", operator, 5),)
    for price in range(-1, 11):
        query = Query(filters, after=(price, room(0).code), descending=descending)

        assert rooms.search(query) == MemoryRooms(rooms.search(Query())).search(query)


def test_nobody_counts_unless_asked(rooms: RoomRepository) -> None:
    rooms.put(MANY)
    search = Search(Query((Filter("price", Operator.EQ, 1),), limit=3))

    assert search_rooms(rooms, search).total is None
    assert search_rooms(rooms, replace(search, count=True)).total == 20


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=any_of.data(), sort=any_of.sampled_from(list(REQUIRED)), descending=any_of.booleans())
def test_who_reads_on_while_others_write_misses_and_repeats_nothing(
    rooms: RoomRepository, data: any_of.DataObject, sort: str, descending: bool
) -> None:
    for old in rooms.search(Query(limit=MAX_LIMIT)):
        rooms.remove(old)
    staying = data.draw(any_of.lists(strategies.rooms, max_size=12, unique_by=lambda r: r.code))
    rooms.put(staying)
    codes = {room.code for room in staying}
    query = Query(limit=data.draw(any_of.integers(1, 4)), sort=sort, descending=descending)

    seen: list[str] = []
    for page in pages(rooms, query):
        seen += [room.code for room in page.rooms]
        passing = data.draw(any_of.lists(strategies.rooms, max_size=3))
        rooms.put(room for room in passing if room.code not in codes | set(seen))
        gone = [code for code in seen if code not in codes]
        for old in rooms.search(Query(limit=MAX_LIMIT)):
            if old.code in gone:
                rooms.remove(old)

    assert len(seen) == len(set(seen))
    assert codes <= set(seen)
