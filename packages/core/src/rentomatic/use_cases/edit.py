"""Create, replace, change and delete rooms, with optimistic locking."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from rentomatic.domain.room import Room
from rentomatic.errors import (
    RentomaticError,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
)
from rentomatic.repository.protocols import RoomRepository

# Each failed attempt means that another writer succeeded.
MAX_ATTEMPTS = 100

T = TypeVar("T")


def add_room(rooms: RoomRepository, room: Room) -> None:
    """Save a new room, or raise RoomConflict if its code is taken."""
    rooms.add(room)


def put_room(
    rooms: RoomRepository, room: Room, check: Callable[[Room | None], object]
) -> tuple[Room, bool]:
    """Create or replace the room by its code; return it as it is now, and whether it is new.

    `check` gets the current room or None; the errors that it raises stop the write.
    """

    def attempt() -> tuple[Room, bool]:
        old = _find(rooms, room.code)
        check(old)
        if old:
            return rooms.replace(old, room), False
        rooms.add(room)
        return room, True

    return _retry(attempt, RoomChanged, RoomConflict, RoomNotFound)


def change_room(rooms: RoomRepository, code: str, change: Callable[[Room], Room]) -> Room:
    """Change a room and return the new version, or raise RoomNotFound.

    `change` is called again if another writer changed the room meanwhile, so that no change is
    lost; the errors that it raises stop the write.
    """

    def attempt() -> Room:
        old = rooms.get(code)
        return rooms.replace(old, change(old))

    return _retry(attempt, RoomChanged)


def remove_room(rooms: RoomRepository, code: str, check: Callable[[Room], object]) -> None:
    """Delete the room, or raise RoomNotFound; the errors that `check` raises stop it."""

    def attempt() -> None:
        room = rooms.get(code)
        check(room)
        rooms.remove(room)

    _retry(attempt, RoomChanged)


def _retry(attempt: Callable[[], T], *conflicts: type[RentomaticError]) -> T:
    for _ in range(MAX_ATTEMPTS):
        with suppress(*conflicts):
            return attempt()
    raise RepositoryUnavailable("The room is changed too often right now")


def _find(rooms: RoomRepository, code: str) -> Room | None:
    try:
        return rooms.get(code)
    except RoomNotFound:
        return None
