"""The time of storage operations, for the metrics and as a total of each request."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from flask import g, has_app_context

from rentomatic.domain.conditions import Filters
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Token
from rentomatic.repository.delegating import DelegatingRooms
from rentomatic.repository.protocols import RoomRepository, Tokens
from rentomatic.responses import Cluster, Facets, ImportReport

# Gets the name of an operation and its duration in seconds.
Observe = Callable[[str, float], None]


def waited() -> float:
    """Return how many seconds this request has waited for the storage so far."""
    return float(g.get("waited", 0.0))


@contextmanager
def _timed(observe: Observe, operation: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - began
        observe(operation, seconds)
        if has_app_context():
            g.waited = waited() + seconds


class TimedRooms(DelegatingRooms):
    """Reports the duration of every operation, and adds it to the request's total.

    Scans are streamed, so their time is reported when they finish and is not part of the total.
    """

    def __init__(self, rooms: RoomRepository, observe: Observe) -> None:
        super().__init__(rooms)
        self._observe = observe

    def get(self, code: str) -> Room:
        with _timed(self._observe, "get"):
            return self.rooms.get(code)

    def add(self, room: Room) -> None:
        with _timed(self._observe, "add"):
            self.rooms.add(room)

    def replace(self, old: Room, new: Room) -> None:
        with _timed(self._observe, "replace"):
            self.rooms.replace(old, new)

    def remove(self, room: Room) -> None:
        with _timed(self._observe, "remove"):
            self.rooms.remove(room)

    def put(
        self, rooms: Iterable[Room], dry_run: bool = False, timeout: float | None = None
    ) -> ImportReport:
        with _timed(self._observe, "put"):
            return self.rooms.put(rooms, dry_run, timeout)

    def search(self, query: Query) -> list[Room]:
        with _timed(self._observe, "search"):
            return self.rooms.search(query)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        rows, seconds = iter(self.rooms.scan(filters)), 0.0
        try:
            while True:
                began = time.perf_counter()
                try:
                    row = next(rows)
                except StopIteration:
                    return
                finally:
                    seconds += time.perf_counter() - began
                yield row
        finally:
            self._observe("scan", seconds)

    def count(self, filters: Filters = ()) -> int:
        with _timed(self._observe, "count"):
            return self.rooms.count(filters)

    def facets(self, filters: Filters = ()) -> Facets:
        with _timed(self._observe, "facets"):
            return self.rooms.facets(filters)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        with _timed(self._observe, "clusters"):
            return self.rooms.clusters(filters, side)

    def check(self) -> None:
        with _timed(self._observe, "check"):
            self.rooms.check()


class TimedTokens:
    """Reports the duration of every operation, and adds it to the request's total."""

    def __init__(self, tokens: Tokens, observe: Observe) -> None:
        self._tokens, self._observe = tokens, observe

    def add(self, token: Token) -> None:
        with _timed(self._observe, "tokens.add"):
            self._tokens.add(token)

    def find(self, name: str) -> Token | None:
        with _timed(self._observe, "tokens.find"):
            return self._tokens.find(name)

    def revoke(self, name: str) -> None:
        with _timed(self._observe, "tokens.revoke"):
            self._tokens.revoke(name)

    def list(self) -> Sequence[Token]:
        with _timed(self._observe, "tokens.list"):
            return self._tokens.list()
