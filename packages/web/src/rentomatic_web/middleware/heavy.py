"""A limit for reads of many rooms, over all processes, so that some are left for searches."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock

from rentomatic.domain.conditions import Filters
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.delegating import DelegatingRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Cluster, Facets


class Slots:
    """Slots for work at the same time, over all processes that inherit a file.

    A slot is a locked byte of the file, which the kernel releases when its process ends. Without a
    file, the slots are those of this process.
    """

    def __init__(self, count: int, descriptor: int | None = None) -> None:
        self._count, self._descriptor = count, descriptor
        self._mine: set[int] = set()
        self._changing = Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a slot, or raise RepositoryUnavailable at once if there is none."""
        slot = self._take()
        if slot is None:
            raise RepositoryUnavailable("Too many counts, facets, clusters and exports right now")
        try:
            yield
        finally:
            self._release(slot)

    def _take(self) -> int | None:
        with self._changing:
            for slot in set(range(self._count)) - self._mine:
                if self._lock(slot):
                    self._mine.add(slot)
                    return slot
        return None

    def _lock(self, slot: int) -> bool:
        if self._descriptor is None:
            return True
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
        except BlockingIOError:
            return False
        return True

    def _release(self, slot: int) -> None:
        with self._changing:
            self._mine.remove(slot)
            if self._descriptor is not None:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, slot)


# Searches of people have a range of price and size, a box and a circle.
MANY_CONDITIONS = 8


def _is_heavy(query: Query) -> bool:
    """Return whether a search looks at many rooms: no index has the furthest rooms first."""
    return (query.origin is not None and query.descending) or len(query.filters) > MANY_CONDITIONS


class LimitedRooms(DelegatingRooms):
    """A repository whose heavy reads need a slot."""

    def __init__(self, rooms: RoomRepository, slots: Slots) -> None:
        super().__init__(rooms)
        self._slots = slots

    def search(self, query: Query) -> list[Room]:
        with self._slots.taken() if _is_heavy(query) else nullcontext():
            return self.rooms.search(query)

    def count(self, filters: Filters = ()) -> int:
        with self._slots.taken():
            return self.rooms.count(filters)

    def facets(self, filters: Filters = ()) -> Facets:
        with self._slots.taken():
            return self.rooms.facets(filters)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        with self._slots.taken():
            return self.rooms.clusters(filters, side)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        with self._slots.taken():
            yield from self.rooms.scan(filters)
