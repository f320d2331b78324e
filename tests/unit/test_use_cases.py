"""What Rent-o-Matic does, on rooms in memory."""

from collections.abc import Iterator

import pytest

from rentomatic.domain.query import Query, Search
from rentomatic.domain.room import Room
from rentomatic.errors import (
    ImportRejected,
    Problem,
    RejectedRow,
    RepositoryUnavailable,
    RoomNotFound,
)
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from rentomatic.requests.filters import parse_filters
from rentomatic.responses import MAX_LISTED_ROWS, ImportReport
from rentomatic.use_cases.imports import BATCH, import_rooms
from rentomatic.use_cases.search import export_rooms, read_room, search_rooms
from tests.rooms import room

FARM, TOWER, LOFT, ATTIC = EXAMPLE_ROOMS  # at 39, 66, 60 and 48

BAD_ROW = RejectedRow(3, (Problem("size", "is missing"),))


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms(EXAMPLE_ROOMS)


def test_a_search_without_filters_returns_the_rooms(rooms: MemoryRooms) -> None:
    assert search_rooms(rooms, Search(Query())).rooms == [FARM, ATTIC, LOFT, TOWER]


def test_a_search_hands_its_filters_on(rooms: MemoryRooms) -> None:
    query = Query(parse_filters({"code__eq": LOFT.code}))

    assert search_rooms(rooms, Search(query)).rooms == [LOFT]


def test_a_room_is_read_by_its_code(rooms: MemoryRooms) -> None:
    assert read_room(rooms, LOFT.code) == LOFT


def test_a_failure_of_the_repository_is_the_failure_of_the_use_case(rooms: MemoryRooms) -> None:
    with pytest.raises(RoomNotFound):
        read_room(rooms, room().code)


@pytest.mark.parametrize("number_of_rooms", [0, 1, 999, 1000, 1001, 2500])
def test_an_export_has_every_room_in_order(number_of_rooms: int) -> None:
    kept = [room(number, price=number % 3) for number in range(number_of_rooms)]

    exported = list(export_rooms(MemoryRooms(kept)))

    assert exported == sorted(kept, key=lambda kept: (kept.price, kept.code))


def test_an_export_begins_with_the_first_batch(rooms: MemoryRooms) -> None:
    exported = export_rooms(rooms)

    assert next(exported) == FARM


def test_an_import_counts_what_it_did(rooms: MemoryRooms) -> None:
    report = import_rooms(rooms, [FARM, room(1), BAD_ROW, Room(**vars(LOFT) | {"price": 1})])

    assert report == ImportReport(created=1, updated=1, unchanged=1, rejected=1, rows=(BAD_ROW,))
    assert rooms.get(LOFT.code).price == 1


def test_importing_again_changes_nothing(rooms: MemoryRooms) -> None:
    rows = [room(number) for number in range(5)]
    import_rooms(rooms, rows)

    assert import_rooms(rooms, rows) == ImportReport(unchanged=5)


def test_an_import_of_nothing_does_nothing(rooms: MemoryRooms) -> None:
    assert import_rooms(rooms, []) == ImportReport()
    assert import_rooms(rooms, [BAD_ROW]) == ImportReport(rejected=1, rows=(BAD_ROW,))
    assert rooms.count() == 4


@pytest.mark.parametrize("number_of_rooms", [BATCH - 1, BATCH, BATCH + 1, 2 * BATCH])
def test_an_import_puts_every_batch(number_of_rooms: int) -> None:
    rooms = MemoryRooms()

    report = import_rooms(rooms, (room(number) for number in range(number_of_rooms)))

    assert report == ImportReport(created=number_of_rooms)
    assert rooms.count() == number_of_rooms


def test_an_interrupted_import_leaves_whole_batches() -> None:
    rooms = MemoryRooms()

    with pytest.raises(LookupError):
        import_rooms(rooms, breaking_off(BATCH + 500))

    assert rooms.count() == BATCH
    assert import_rooms(rooms, many(BATCH + 500)) == ImportReport(500, 0, BATCH)


def test_an_import_of_all_or_none_that_is_interrupted_leaves_nothing() -> None:
    rooms = MemoryRooms()

    with pytest.raises(LookupError):
        import_rooms(rooms, breaking_off(BATCH + 500), all_or_none=True)

    assert rooms.count() == 0


def test_an_import_of_all_or_none_names_every_row_that_is_no_room(rooms: MemoryRooms) -> None:
    with pytest.raises(ImportRejected) as failure:
        import_rooms(rooms, [room(1), BAD_ROW, room(2), BAD_ROW], all_or_none=True)

    assert (failure.value.count, failure.value.rows) == (2, (BAD_ROW, BAD_ROW))
    assert rooms.count() == 4


def test_an_import_of_all_or_none_counts_like_any_other(rooms: MemoryRooms) -> None:
    assert import_rooms(rooms, [FARM, room(1)], all_or_none=True) == ImportReport(1, 0, 1)
    assert rooms.count() == 5


@pytest.mark.parametrize("all_or_none", [True, False])
def test_a_dry_run_counts_and_changes_nothing(rooms: MemoryRooms, all_or_none: bool) -> None:
    changed = Room(**vars(LOFT) | {"price": 1})

    report = import_rooms(rooms, [FARM, room(1), changed], all_or_none, dry_run=True)

    assert report == ImportReport(1, 1, 1)
    assert (rooms.count(), rooms.get(LOFT.code)) == (4, LOFT)


def test_of_many_rejected_rows_the_first_are_listed_and_all_counted(rooms: MemoryRooms) -> None:
    rows = [RejectedRow(number, BAD_ROW.problems) for number in range(MAX_LISTED_ROWS + 50)]

    report = import_rooms(rooms, rows)

    assert (report.rejected, report.rows) == (MAX_LISTED_ROWS + 50, tuple(rows[:MAX_LISTED_ROWS]))


def test_an_import_takes_no_longer_than_it_may() -> None:
    rooms = MemoryRooms()

    with pytest.raises(RepositoryUnavailable):
        import_rooms(rooms, many(2 * BATCH), timeout=0)

    assert rooms.count() == 0


def many(number_of_rooms: int) -> Iterator[Room]:
    return (room(number) for number in range(number_of_rooms))


def breaking_off(number_of_rooms: int) -> Iterator[Room]:
    yield from many(number_of_rooms)
    raise LookupError
