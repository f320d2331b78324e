"""Compare stored rooms with the setting of positions, and store them as it says."""

from collections.abc import Iterator
from typing import NamedTuple

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.positions import SecretGrid, revealed
from rentomatic.domain.query import MAX_LIMIT, Key, Query
from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest, Problem, RoomChanged, RoomNotFound
from rentomatic.repository.protocols import RoomRepository

HAS_NO_DOOR = Filter("door", Operator.UNKNOWN, None)
OTHER_KEY = Problem(
    "RENTOMATIC_POSITIONS_KEY",
    "differs from the key that the rooms were stored with: a second key would show more of their"
    " doors; --new-key allows it",
)


class Progress(NamedTuple):
    """The numbers of rooms that have been compared with the setting, and changed."""

    compared: int = 0
    changed: int = 0


def count_misplaced(rooms: RoomRepository, grid: SecretGrid | None) -> int:
    """Count the rooms that are stored with another setting than this grid, or than none."""
    without_door = rooms.count((HAS_NO_DOOR,))
    return without_door if grid else rooms.count() - without_door


def has_other_key(rooms: RoomRepository, grid: SecretGrid) -> bool:
    """Return whether the key of the grid is not that of a page of rooms."""
    return any(_is_of_other_key(room, grid) for room in _page(rooms))


def place_rooms(
    rooms: RoomRepository, grid: SecretGrid | None, new_key: bool = False
) -> Iterator[Progress]:
    """Store every room as the setting says, and yield the progress from time to time.

    Raises InvalidRequest if rooms were stored with another key, unless `new_key` allows that.
    Repeating it after an interruption changes only the rest.
    """
    compared = changed = 0
    after: Key | None = None
    while page := _page(rooms, after):
        if grid and not new_key and any(_is_of_other_key(room, grid) for room in page):
            raise InvalidRequest([OTHER_KEY])
        changed += sum(_place(rooms, room, grid) for room in page)
        compared += len(page)
        after = (page[-1].code,)
        yield Progress(compared, changed)


def _page(rooms: RoomRepository, after: Key | None = None) -> list[Room]:
    return rooms.search(Query(limit=MAX_LIMIT, sort="code", after=after))


def _is_of_other_key(room: Room, grid: SecretGrid) -> bool:
    return room.door is not None and not grid.is_shown(room)


def _place(rooms: RoomRepository, room: Room, grid: SecretGrid | None) -> bool:
    """Store the room as the grid says, and return whether it was changed."""
    while True:
        exact = revealed(room)
        placed = grid.hidden(exact) if grid else exact
        if placed == room:
            return False
        try:
            rooms.replace(room, placed)
            return True
        except RoomNotFound:
            return False
        except RoomChanged:
            room = rooms.get(room.code)
