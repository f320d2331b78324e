"""Values that take seconds to compute: shared by all processes, computed again after responses."""

import time
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from rentomatic.errors import RepositoryUnavailable
from rentomatic_web.storage.exchange import after_response
from rentomatic_web.storage.results import Result, Results
from rentomatic_web.storage.slots import Slots

T = TypeVar("T")

# The computation takes at most this part of the time of a process.
PART = 1 / 300
MIN_AGE_SECONDS = 10
MAX_AGE_SECONDS = 60 * 60
LOOK_SECONDS = 10.0  # between two looks at the file
RETRY_SECONDS = 60.0  # after a failure


class Computation(NamedTuple, Generic[T]):
    """How a value is computed, and how it is converted to JSON and back."""

    name: str
    compute: Callable[[], T]
    to_json: Callable[[T], Any]
    from_json: Callable[[Any], T]


class Kept(Generic[T]):
    """The value of a computation. The file of another process is used if it is not too old."""

    def __init__(self, computation: Computation[T], results: Results, slots: Slots) -> None:
        self._computation, self._results, self._slots = computation, results, slots
        self._held: Result[tuple[T, float]] | None = None  # the value and its seconds
        self._looked, self._failed = -LOOK_SECONDS, -RETRY_SECONDS

    def get(self) -> T:
        """Return the value; the first call computes it, or raises RepositoryUnavailable."""
        held = self._current()
        return held.value[0] if held else self._compute()

    def find(self) -> T | None:
        """Return the value if it exists; otherwise it will be computed after the response."""
        held = self._current()
        if held is None:
            self._refresh_later()
        return held.value[0] if held else None

    def _current(self) -> Result[tuple[T, float]] | None:
        """Return the value with its seconds; it will be computed again if it is old."""
        if time.monotonic() > self._looked + LOOK_SECONDS:
            self._looked = time.monotonic()
            self._look(MAX_AGE_SECONDS)
        if self._held:
            seconds = self._held.value[1]
            if self._held.time < time.time() - max(seconds / PART, MIN_AGE_SECONDS):
                self._refresh_later()
        return self._held

    def _look(self, max_age: float) -> bool:
        """Use the result of another process if it is newer."""
        since = max(time.time() - max_age, self._held.time if self._held else 0)
        found = self._results.find(self._computation.name, self._of_json, since)
        self._held = found or self._held
        return found is not None

    def _refresh_later(self) -> None:
        if time.monotonic() > self._failed + RETRY_SECONDS:
            after_response(self._refresh)

    def _refresh(self) -> None:
        try:
            self._compute()
        except RepositoryUnavailable:
            self._failed = time.monotonic()

    def _compute(self) -> T:
        name = self._computation.name
        with self._slots.taken(), self._results.computing(name):
            # Another process may have computed it meanwhile.
            if self._look(MIN_AGE_SECONDS) and self._held:
                return self._held.value[0]
            began = time.time()
            value = self._computation.compute()
            seconds = time.time() - began
            self._held = Result((value, seconds), began)
            content = [self._computation.to_json(value), seconds]
            self._results.save(name, Result(content, began))
            return value

    def _of_json(self, content: Any) -> tuple[T, float]:
        value, seconds = content
        return self._computation.from_json(value), float(seconds)
