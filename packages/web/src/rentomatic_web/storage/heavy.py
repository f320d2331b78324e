"""A limit of concurrent heavy reads, over all processes, so that searches find free workers."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Lock

from rentomatic.domain.conditions import Filters
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.delegating import DelegatingRooms
from rentomatic.repository.protocols import RoomRepository


class Slots:
    """Slots for concurrent work in all processes that use the same file.

    A slot is a locked byte of the file, which the kernel unlocks when the process ends. Without a
    file, or if it cannot be opened, the slots are those of this process.
    """

    def __init__(self, count: int, file: Path | None = None) -> None:
        self._count = count
        self._descriptor: int | None = None
        if file:
            with suppress(OSError):
                # Never closed: that would unlock the bytes.
                self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        self._taken: set[int] = set()
        self._mutex = Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a slot, or raise RepositoryUnavailable at once if none is free."""
        slot = self._take()
        if slot is None:
            raise RepositoryUnavailable("Too many counts, facets, clusters and exports right now")
        try:
            yield
        finally:
            self._release(slot)

    def _take(self) -> int | None:
        with self._mutex:
            for slot in set(range(self._count)) - self._taken:
                if self._lock(slot):
                    self._taken.add(slot)
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
        with self._mutex:
            self._taken.remove(slot)
            if self._descriptor is not None:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, slot)


# Searches on the page have at most six: two each of price and size, a box and a circle.
MANY_CONDITIONS = 8


def _is_heavy(query: Query) -> bool:
    """Return whether a search reads many rooms: no index orders by descending distance."""
    return (query.origin is not None and query.descending) or len(query.filters) > MANY_CONDITIONS


class LimitedRooms(DelegatingRooms):
    """A repository whose heavy reads need a slot."""

    def __init__(self, rooms: RoomRepository, slots: Slots) -> None:
        super().__init__(rooms)
        self._slots = slots

    def around(self, operation: str) -> AbstractContextManager[None]:
        is_heavy = operation in ("count", "counts_without", "facet", "clusters")
        return self._slots.taken() if is_heavy else nullcontext()

    def search(self, query: Query) -> list[Room]:
        with self._slots.taken() if _is_heavy(query) else nullcontext():
            return self.rooms.search(query)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        with self._slots.taken():
            yield from self.rooms.scan(filters)
