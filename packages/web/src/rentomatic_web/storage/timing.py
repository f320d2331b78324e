"""The time of storage operations, for the metrics and as a total of each request."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

from flask import has_request_context

from rentomatic.domain.conditions import Filters
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Token
from rentomatic.repository.delegating import DelegatingRooms
from rentomatic.repository.protocols import RoomRepository, TokenReader
from rentomatic.responses import LastChange
from rentomatic_web.request import current_request

T = TypeVar("T")

# Gets the name of an operation and its duration in seconds.
Observe = Callable[[str, float], None]


class _Timer(AbstractContextManager[None]):
    """Times one operation; a generator with `contextmanager` would take four times as long."""

    def __init__(self, observe: Observe, operation: str) -> None:
        self._observe, self._operation = observe, operation
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        seconds = time.perf_counter() - self._began
        self._observe(self._operation, seconds)
        if has_request_context():
            current_request().waited += seconds


class TimedRooms(DelegatingRooms):
    """Reports the duration of every operation, and adds it to the request's total.

    The time of iterators is reported when they finish and is not part of the total.
    """

    def __init__(self, rooms: RoomRepository, observe: Observe) -> None:
        super().__init__(rooms)
        self._observe = observe

    def around(self, operation: str) -> AbstractContextManager[None]:
        return _Timer(self._observe, operation)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        return self._timed("scan", self.rooms.scan(filters))

    def last_changes(
        self, after: str | None = None, until: str | None = None
    ) -> Iterator[LastChange]:
        return self._timed("last_changes", self.rooms.last_changes(after, until))

    def _timed(self, operation: str, rows: Iterator[T]) -> Iterator[T]:
        seconds = 0.0
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
            self._observe(operation, seconds)


class TimedTokens:
    """Reports the duration of every operation, and adds it to the request's total."""

    def __init__(self, tokens: TokenReader, observe: Observe) -> None:
        self._tokens, self._observe = tokens, observe

    def find(self, name: str) -> Token | None:
        with _Timer(self._observe, "tokens.find"):
            return self._tokens.find(name)

    def list(self) -> Sequence[Token]:
        with _Timer(self._observe, "tokens.list"):
            return self._tokens.list()
