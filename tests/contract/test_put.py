"""Bulk writes."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import lists

from rentomatic.domain.query import MAX_LIMIT, Query
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport
from rentomatic.use_cases.search import export_rooms
from tests import strategies
from tests.conftest import STORAGES
from tests.rooms import room


def test_nothing_is_put(rooms: RoomRepository) -> None:
    assert rooms.put([]) == ImportReport()
    assert rooms.count() == 0


def test_rooms_that_were_not_there_are_counted_as_created(rooms: RoomRepository) -> None:
    assert rooms.put(EXAMPLE_ROOMS) == ImportReport(created=4)

    assert {found.code: found for found in rooms.search(Query())} == {
        example.code: example for example in EXAMPLE_ROOMS
    }


def test_putting_the_same_rooms_again_changes_nothing(rooms: RoomRepository) -> None:
    rooms.put(EXAMPLE_ROOMS)
    before = rooms.search(Query())

    assert rooms.put(EXAMPLE_ROOMS) == ImportReport(unchanged=4)
    assert rooms.search(Query()) == before


@pytest.mark.parametrize(
    "changes", [{"size": 21}, {"price": 51}, {"longitude": 19.95}, {"latitude": -50.06}], ids=repr
)
def test_a_room_that_differs_anywhere_is_counted_as_updated(
    rooms: RoomRepository, changes: dict[str, Any]
) -> None:
    rooms.add(room())

    assert rooms.put([room(**changes)]) == ImportReport(updated=1)
    assert rooms.get(room().code) == room(**changes)


def test_new_changed_and_equal_rooms_are_counted_apart(rooms: RoomRepository) -> None:
    rooms.put([room(1), room(2), room(3), room(4)])

    report = rooms.put([room(1), room(2, price=1), room(3, price=1), room(5), room(6), room(7)])

    assert report == ImportReport(created=3, updated=2, unchanged=1)
    assert rooms.get(room(4).code) == room(4)
    assert rooms.count() == 7


def test_of_rooms_with_the_same_code_the_last_one_stays(rooms: RoomRepository) -> None:
    report = rooms.put([room(1, price=1), room(2), room(1, price=2), room(1, price=3)])

    assert report == ImportReport(created=2)
    assert rooms.get(room(1).code) == room(1, price=3)


def test_a_room_that_ends_as_it_was_is_unchanged(rooms: RoomRepository) -> None:
    rooms.add(room(price=50))

    assert rooms.put([room(price=60), room(price=50)]) == ImportReport(unchanged=1)


def test_zero_has_no_sign(rooms: RoomRepository) -> None:
    rooms.add(room(longitude=0.0, latitude=-0.0))

    report = rooms.put([room(longitude=-0.0, latitude=0.0)])

    assert report == ImportReport(unchanged=1)


def test_rooms_may_come_one_after_the_other(rooms: RoomRepository) -> None:
    assert rooms.put(room(number) for number in range(3)) == ImportReport(created=3)


@pytest.mark.parametrize("number_of_rooms", [5, 1500, 12_000])
def test_rooms_that_break_off_leave_nothing(rooms: RoomRepository, number_of_rooms: int) -> None:
    def broken() -> Iterator[Room]:
        yield from (room(number) for number in range(number_of_rooms))
        raise LookupError

    with pytest.raises(LookupError):
        rooms.put(broken())

    assert rooms.count() == 0
    assert rooms.put([room()]) == ImportReport(created=1)


@pytest.mark.parametrize("more", [0, 2000])
def test_a_dry_run_counts_and_changes_nothing(rooms: RoomRepository, more: int) -> None:
    rooms.put([room(1), room(2)])
    others = [room(number) for number in range(10, 10 + more)]

    report = rooms.put([room(1), *others, room(2, price=1), room(3), room(3)], dry_run=True)

    assert report == ImportReport(created=1 + more, updated=1, unchanged=1)
    assert rooms.search(Query()) == [room(1), room(2)]


def test_of_thousands_of_rooms_with_the_same_code_the_last_one_stays(
    rooms: RoomRepository,
) -> None:
    report = rooms.put(room(number % 3, price=number) for number in range(30_000))

    assert report == ImportReport(created=3)
    assert [found.price for found in rooms.search(Query())] == [29_997, 29_998, 29_999]


# MongoDB saves any number of rooms in the same way.
@pytest.mark.parametrize("storage", STORAGES[:2], indirect=True)
@given(kept=lists(strategies.rooms), put=lists(strategies.rooms))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
def test_few_and_many_rooms_are_put_alike(
    rooms: RoomRepository, kept: list[Room], put: list[Room]
) -> None:
    """Before and behind a thousand rooms of their own that do not count."""
    many = [room(number) for number in range(1001)]
    # The examples share the repository: `many` is there from the first one on.
    rooms.put(kept if rooms.count() else [*many, *kept])
    memory = MemoryRooms(rooms.scan())

    few_dry, many_dry = rooms.put(put, dry_run=True), rooms.put([*many, *put], dry_run=True)
    expected = memory.put([*many, *put])

    assert many_dry == rooms.put([*many, *put]) == expected
    assert (few_dry.created, few_dry.updated) == (expected.created, expected.updated)
    assert list(rooms.scan()) == list(memory.scan())


@pytest.mark.parametrize("number_of_rooms", [1, 1500])
def test_what_takes_too_long_changes_nothing(rooms: RoomRepository, number_of_rooms: int) -> None:
    def slow() -> Iterator[Room]:
        time.sleep(0.02)
        yield from (room(number) for number in range(number_of_rooms))

    with pytest.raises(RepositoryUnavailable):
        rooms.put(slow(), timeout=0.01)

    assert rooms.count() == 0
    assert rooms.put(slow(), timeout=60) == ImportReport(created=number_of_rooms)


def test_settling_changes_nothing(rooms: RoomRepository) -> None:
    rooms.put(EXAMPLE_ROOMS)
    before = list(rooms.scan())

    rooms.optimize()

    assert list(rooms.scan()) == before


def test_thousands_of_rooms_are_put_at_once(rooms: RoomRepository) -> None:
    many = [room(number, price=number % 7) for number in range(1500)]

    assert rooms.put(many) == ImportReport(created=1500)
    assert rooms.put([*many[:1499], room(1499, price=9)]) == ImportReport(
        updated=1, unchanged=1499
    )

    assert rooms.count() == 1500
    assert len(rooms.search(Query(limit=MAX_LIMIT))) == MAX_LIMIT
    expected = sorted([*many[:1499], room(1499, price=9)], key=lambda r: (r.price, r.code))
    assert list(islice(export_rooms(rooms), 1501)) == expected
