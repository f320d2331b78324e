"""A storage whose rooms cannot be changed, for maintenance."""

from collections.abc import Iterable
from typing import NoReturn

from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryReadOnly
from rentomatic.repository.delegating import DelegatingRooms
from rentomatic.repository.protocols import Storage
from rentomatic.responses import ImportReport


def read_only(storage: Storage) -> Storage:
    """Return the storage with rooms that cannot be changed; tokens can."""
    return storage._replace(rooms=ReadOnlyRooms(storage.rooms))


class ReadOnlyRooms(DelegatingRooms):
    """Rooms that raise RepositoryReadOnly for every write except dry runs."""

    def add(self, room: Room) -> NoReturn:  # noqa: ARG002
        raise RepositoryReadOnly

    def replace(self, old: Room, new: Room) -> NoReturn:  # noqa: ARG002
        raise RepositoryReadOnly

    def remove(self, room: Room) -> NoReturn:  # noqa: ARG002
        raise RepositoryReadOnly

    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        if not dry_run:
            raise RepositoryReadOnly
        return super().put(rooms, dry_run, timeout, mirror)
