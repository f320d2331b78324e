"""Rooms that can be looked at only, while their storage is moved, copied or mended."""

from collections.abc import Iterable
from typing import Any, NoReturn, cast

from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryReadOnly
from rentomatic.repository.protocols import RoomRepository, Storage
from rentomatic.responses import ImportReport


def read_only(storage: Storage) -> Storage:
    """Return the storage with rooms that cannot be changed: that raises RepositoryReadOnly."""
    return storage._replace(rooms=cast(RoomRepository, ReadOnlyRooms(storage.rooms)))


class ReadOnlyRooms:
    """The part of a RoomRepository that changes nothing."""

    def __init__(self, rooms: RoomRepository) -> None:
        self._rooms = rooms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rooms, name)

    def add(self, _room: Room) -> NoReturn:
        raise RepositoryReadOnly

    def replace(self, _old: Room, _new: Room) -> NoReturn:
        raise RepositoryReadOnly

    def remove(self, _room: Room) -> NoReturn:
        raise RepositoryReadOnly

    def put(
        self, rooms: Iterable[Room], dry_run: bool = False, patience: float | None = None
    ) -> ImportReport:
        if not dry_run:
            raise RepositoryReadOnly
        return self._rooms.put(rooms, dry_run, patience)
