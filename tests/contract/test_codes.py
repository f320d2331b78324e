"""Codes in their order, with the last changes of their rooms."""

from datetime import UTC, datetime

import pytest

from rentomatic.repository.protocols import RoomRepository
from tests.rooms import room

# More than any storage fetches at once, which is 1000.
ROOMS = [room(number) for number in range(1, 1101)]
CODES = sorted(each.code for each in ROOMS)


def test_the_last_change_of_every_room_is_yielded_by_code(rooms: RoomRepository) -> None:
    rooms.put(ROOMS)

    changes = list(rooms.last_changes())

    assert [each.code for each in changes] == CODES
    assert {each.updated.tzinfo is not None for each in changes} == {True}
    assert all(each.updated == rooms.get(each.code).updated for each in changes[:3])


def test_a_change_moves_the_time_of_its_room_alone(rooms: RoomRepository) -> None:
    rooms.put(ROOMS[:2])
    before = {each.code: each.updated for each in rooms.last_changes()}

    rooms.put([room(1, price=77), ROOMS[1]])

    changed = {each.code for each in rooms.last_changes() if each.updated != before[each.code]}
    assert changed == {ROOMS[0].code}
    assert all(time <= datetime.now(UTC) for time in before.values())


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        (None, CODES[2], CODES[:3]),
        (CODES[1096], None, CODES[1097:]),
        (CODES[1], CODES[3], CODES[2:4]),
        (CODES[3], CODES[1], []),
        ("00000000-0000-0000-0000-000000000000", CODES[0], CODES[:1]),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", None, []),
    ],
)
def test_codes_bound_the_rooms(
    rooms: RoomRepository, after: str | None, until: str | None, expected: list[str]
) -> None:
    rooms.put(ROOMS)

    assert [each.code for each in rooms.last_changes(after, until)] == expected


def test_every_code_at_equal_steps_is_returned(rooms: RoomRepository) -> None:
    rooms.put(ROOMS)

    assert rooms.every_code(400) == [CODES[399], CODES[799]]
    assert rooms.every_code(1) == CODES
    assert rooms.every_code(len(CODES)) == CODES[-1:]
    assert rooms.every_code(len(CODES) + 1) == []


def test_an_empty_repository_has_no_codes(rooms: RoomRepository) -> None:
    assert list(rooms.last_changes()) == []
    assert rooms.every_code(1) == []


def test_a_reader_that_stops_early_leaves_the_repository_usable(rooms: RoomRepository) -> None:
    rooms.put(ROOMS)
    for _ in range(20):
        reader = rooms.last_changes()
        next(reader)
        reader.close()  # type: ignore[attr-defined]

    rooms.remove(ROOMS[0])
    assert rooms.count() == len(ROOMS) - 1
