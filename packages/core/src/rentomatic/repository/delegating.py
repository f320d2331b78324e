"""The base of repositories that wrap another one."""

from collections.abc import Iterable, Iterator

from rentomatic.domain.conditions import Filters
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import Connections, RoomRepository
from rentomatic.responses import Cluster, Facets, ImportReport


class DelegatingRooms:
    """A RoomRepository that forwards every call; subclasses override some methods."""

    def __init__(self, rooms: RoomRepository) -> None:
        self.rooms = rooms

    def get(self, code: str) -> Room:
        return self.rooms.get(code)

    def add(self, room: Room) -> None:
        self.rooms.add(room)

    def replace(self, old: Room, new: Room) -> None:
        self.rooms.replace(old, new)

    def remove(self, room: Room) -> None:
        self.rooms.remove(room)

    def put(
        self, rooms: Iterable[Room], dry_run: bool = False, timeout: float | None = None
    ) -> ImportReport:
        return self.rooms.put(rooms, dry_run, timeout)

    def optimize(self) -> None:
        self.rooms.optimize()

    def search(self, query: Query) -> list[Room]:
        return self.rooms.search(query)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        return self.rooms.scan(filters)

    def count(self, filters: Filters = ()) -> int:
        return self.rooms.count(filters)

    def facets(self, filters: Filters = ()) -> Facets:
        return self.rooms.facets(filters)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        return self.rooms.clusters(filters, side)

    def check(self) -> None:
        self.rooms.check()

    def connections(self) -> Connections:
        return self.rooms.connections()

    def close(self) -> None:
        self.rooms.close()
