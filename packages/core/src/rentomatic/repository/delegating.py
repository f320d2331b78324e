"""The base of repositories that wrap another one."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

from rentomatic.domain.conditions import Filters
from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.domain.withdrawn import WithdrawnRoom
from rentomatic.repository.protocols import Connections, RoomRepository
from rentomatic.responses import Cluster, Facet, ImportReport, LastChange


class DelegatingRooms:
    """A RoomRepository that calls another one, in the context of `around` except for iterators."""

    def __init__(self, rooms: RoomRepository) -> None:
        self.rooms = rooms

    def around(self, operation: str) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()

    def get(self, code: str) -> Room:
        with self.around("get"):
            return self.rooms.get(code)

    def find_withdrawn(self, code: str) -> WithdrawnRoom | None:
        with self.around("find_withdrawn"):
            return self.rooms.find_withdrawn(code)

    def add(self, room: Room) -> None:
        with self.around("add"):
            self.rooms.add(room)

    def replace(self, old: Room, new: Room) -> Room:
        with self.around("replace"):
            return self.rooms.replace(old, new)

    def remove(self, room: Room) -> None:
        with self.around("remove"):
            self.rooms.remove(room)

    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        with self.around("put"):
            return self.rooms.put(rooms, dry_run, timeout, mirror)

    def search(self, query: Query) -> list[Room]:
        with self.around("search"):
            return self.rooms.search(query)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        return self.rooms.scan(filters)

    def last_changes(
        self, after: str | None = None, until: str | None = None
    ) -> Iterator[LastChange]:
        return self.rooms.last_changes(after, until)

    def every_code(self, step: int) -> list[str]:
        with self.around("every_code"):
            return self.rooms.every_code(step)

    def used_fields(self) -> tuple[str, ...]:
        with self.around("used_fields"):
            return self.rooms.used_fields()

    def count(self, filters: Filters = ()) -> int:
        with self.around("count"):
            return self.rooms.count(filters)

    def counts_without(self, filters: Filters) -> tuple[int, ...]:
        with self.around("counts_without"):
            return self.rooms.counts_without(filters)

    def facet(self, filters: Filters, field: str) -> Facet:
        with self.around("facet"):
            return self.rooms.facet(filters, field)

    def word_counts(self, filters: Filters, field: str) -> dict[str, int]:
        with self.around("word_counts"):
            return self.rooms.word_counts(filters, field)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        with self.around("clusters"):
            return self.rooms.clusters(filters, side)

    def check(self) -> None:
        with self.around("check"):
            self.rooms.check()

    def optimize(self) -> None:
        self.rooms.optimize()

    def connections(self) -> Connections:
        return self.rooms.connections()

    def close(self) -> None:
        self.rooms.close()
