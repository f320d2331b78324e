"""What only the memory repository has to answer for; the rest is in tests/contract."""

from collections.abc import Iterator

import pytest

from rentomatic.domain.query import Query
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms, connect
from rentomatic.requests.filters import parse_filters
from tests.rooms import room

FARM, TOWER, LOFT, ATTIC = EXAMPLE_ROOMS  # at 39, 66, 60 and 48


def test_it_begins_with_the_rooms_it_is_given() -> None:
    rooms = MemoryRooms([room(1), room(2), room(1, price=0)])

    assert rooms.search(Query()) == [room(1, price=0), room(2)]


def test_its_url_leads_to_the_four_rooms_of_the_book() -> None:
    rooms = connect("memory://").rooms

    assert rooms.search(Query()) == [FARM, ATTIC, LOFT, TOWER]


def test_each_connection_has_rooms_of_its_own() -> None:
    connect("memory://").rooms.remove(FARM)

    assert connect("memory://").rooms.count() == 4


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [FARM, ATTIC, LOFT, TOWER]),
        ({"code__eq": "fe2c3195-aeff-487a-a08f-e0bdc0ec6e9a"}, [TOWER]),
        ({"price__eq": 60}, [LOFT]),
        ({"price__eq": "60"}, [LOFT]),
        ({"price__lt": 60}, [FARM, ATTIC]),
        ({"price__lt": "60"}, [FARM, ATTIC]),
        ({"price__gt": 48}, [LOFT, TOWER]),
        ({"price__gt": "48"}, [LOFT, TOWER]),
        ({"price__lt": 66, "price__gt": 48}, [LOFT]),
    ],
    ids=repr,
)
def test_the_searches_of_the_book_find_its_rooms(
    filters: dict[str, object], expected: list[object]
) -> None:
    assert MemoryRooms(EXAMPLE_ROOMS).search(Query(parse_filters(filters))) == expected


def test_a_search_is_not_disturbed_by_writing_meanwhile() -> None:
    rooms = MemoryRooms(room(number) for number in range(3))

    def writing() -> Iterator[str]:
        for number in range(3):
            rooms.add(room(100 + number))
            yield room(number).code

    assert [rooms.get(code) for code in writing()] == [room(number) for number in range(3)]
    assert rooms.count() == 6
