"""Imports that withdraw the rooms of a source that are not in the file."""

import pytest

from rentomatic.domain.mirrors import Mirror
from rentomatic.errors import InvalidRequest, Problem, RejectedRow, WithdrawalRefused
from rentomatic.imports.rows import Row
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport
from rentomatic.use_cases.imports import import_rooms
from tests.rooms import full_room, room

OTHERS = [room(90), full_room(91, source="other"), full_room(92, source=None, reference=None)]
REJECTED = (Problem("price", "is missing"),)


@pytest.fixture(autouse=True)
def _rooms_of_two_sources(rooms: RoomRepository) -> None:
    rooms.put([*map(full_room, range(10)), *OTHERS])


def mirror(is_limited: bool = True) -> Mirror:
    return Mirror("agency", set(), is_limited)


def numbers(rooms: RoomRepository) -> list[int]:
    return sorted(int(each.code[-12:]) for each in rooms.scan())


@pytest.mark.parametrize("all_or_none", [True, False])
def test_rooms_that_a_file_lacks_are_withdrawn(rooms: RoomRepository, all_or_none: bool) -> None:
    file = [full_room(0, price=99), *map(full_room, range(1, 8)), full_room(20)]

    report = import_rooms(rooms, file, all_or_none, mirror=mirror())

    gone = tuple(full_room(number).code for number in (8, 9))
    assert report == ImportReport(1, 1, 7, withdrawn=2, withdrawn_codes=gone)
    assert numbers(rooms) == [*range(8), 20, 90, 91, 92]


def test_a_dry_run_counts_any_number_of_rooms(rooms: RoomRepository) -> None:
    report = import_rooms(rooms, [full_room(0)], True, dry_run=True, mirror=mirror())

    assert (report.unchanged, report.withdrawn, len(report.withdrawn_codes)) == (1, 9, 9)
    assert len(numbers(rooms)) == 13


@pytest.mark.parametrize("all_or_none", [True, False])
def test_more_than_a_fifth_is_not_withdrawn_unless_told(
    rooms: RoomRepository, all_or_none: bool
) -> None:
    file = [full_room(0, price=99), *map(full_room, range(1, 7))]

    with pytest.raises(WithdrawalRefused, match="the file lacks 3 of the 10 rooms of agency"):
        import_rooms(rooms, file, all_or_none, mirror=mirror())
    assert rooms.get(room(0).code).price == 50
    assert len(numbers(rooms)) == 13

    assert import_rooms(rooms, file, all_or_none, mirror=mirror(is_limited=False)).withdrawn == 3
    assert numbers(rooms) == [*range(7), 90, 91, 92]


def test_an_empty_file_withdraws_nothing(rooms: RoomRepository) -> None:
    with pytest.raises(WithdrawalRefused):
        import_rooms(rooms, [], mirror=mirror())
    assert len(numbers(rooms)) == 13


def test_the_room_of_a_rejected_row_stays(rooms: RoomRepository) -> None:
    rows: list[Row] = [*map(full_room, range(8)), RejectedRow(9, REJECTED, code=full_room(9).code)]

    report = import_rooms(rooms, rows, mirror=mirror())

    assert (report.unchanged, report.rejected, report.withdrawn) == (8, 1, 1)
    assert numbers(rooms) == [*range(8), 9, 90, 91, 92]


def test_a_row_that_does_not_show_its_room_stops_the_import(rooms: RoomRepository) -> None:
    rows: list[Row] = [
        *(full_room(number, price=1) for number in range(9)),
        RejectedRow(10, REJECTED),
    ]

    with pytest.raises(InvalidRequest, match="row 10 does not show which room it is"):
        import_rooms(rooms, rows, mirror=mirror())
    assert rooms.get(room(0).code).price == 50


def test_a_new_room_takes_the_reference_of_a_withdrawn_one(rooms: RoomRepository) -> None:
    file = [*map(full_room, range(9)), full_room(30, reference="A-9")]

    import_rooms(rooms, file, True, mirror=mirror())

    assert numbers(rooms) == [*range(9), 30, 90, 91, 92]
