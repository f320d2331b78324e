"""Heavy reads: few at a time, and slow results are kept for some seconds."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from typing import Any, TypeVar

from rentomatic.domain.conditions import Filters
from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.query import RELEVANCE, Query
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.delegating import DelegatingRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Cluster, Facet, ImportReport, LastChange
from rentomatic_web.storage.exchange import after_response, last_write, record_write, report_age
from rentomatic_web.storage.results import Result, Results
from rentomatic_web.storage.slots import Slots

T = TypeVar("T")

# Few searches on the page have more: they have at most ten, of all fields of its form, with a box
# and a circle.
MANY_CONDITIONS = 8
WRITES = ("add", "replace", "remove")

# A faster result is not kept: with few rooms, every response is up to date.
MIN_KEPT_SECONDS = 0.02
# A request that gets an older result computes it again, after its response.
REFRESH_SECONDS = 5
MAX_AGE_SECONDS = 30


class HeavyRooms(DelegatingRooms):
    """A repository whose heavy reads need a slot, and whose facets and clusters are kept.

    A session gets no result from before its last write.
    """

    def __init__(self, rooms: RoomRepository, slots: Slots, results: Results) -> None:
        super().__init__(rooms)
        self._slots, self._results = slots, results

    def around(self, operation: str) -> AbstractContextManager[None]:
        if operation in ("count", "every_code"):
            return self._slots.taken()
        return _recorded() if operation in WRITES else nullcontext()

    def search(self, query: Query) -> list[Room]:
        with self._slots.taken() if _is_heavy(query) else nullcontext():
            return self.rooms.search(query)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        with self._slots.taken_for_stream():
            yield from self.rooms.scan(filters)

    def last_changes(
        self, after: str | None = None, until: str | None = None
    ) -> Iterator[LastChange]:
        with self._slots.taken_for_stream():
            yield from self.rooms.last_changes(after, until)

    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        with nullcontext() if dry_run else _recorded():
            return self.rooms.put(rooms, dry_run, timeout, mirror)

    def counts_without(self, filters: Filters) -> tuple[int, ...]:
        key = ("counts_without", *map(repr, filters))
        return self._keep(key, partial(self.rooms.counts_without, filters), tuple)

    def facet(self, filters: Filters, field: str) -> Facet:
        key = ("facet", field, _canonical(filters))
        return self._keep(key, partial(self.rooms.facet, filters, field), _to_facet)

    def word_counts(self, filters: Filters, field: str) -> dict[str, int]:
        key = ("word_counts", field, _canonical(filters))
        return self._keep(key, partial(self.rooms.word_counts, filters, field), dict)

    def used_fields(self) -> tuple[str, ...]:
        return self._keep(("used_fields",), self.rooms.used_fields, tuple)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        key = ("clusters", side, _canonical(filters))
        return self._keep(key, partial(self.rooms.clusters, filters, side), _to_clusters)

    def _keep(self, key: object, compute: Callable[[], T], convert: Callable[[Any], T]) -> T:
        """Return a kept result, or compute it."""
        result = self._results.find(key, convert, since=_oldest(MAX_AGE_SECONDS))
        if result is None:
            return self._compute(key, compute, convert)
        if result.time < _oldest(REFRESH_SECONDS):
            after_response(partial(self._refresh, key, compute, convert))
        self._slots.record("kept")
        report_age(time.time() - result.time)
        return result.value

    def _compute(self, key: object, compute: Callable[[], T], convert: Callable[[Any], T]) -> T:
        with self._slots.taken(), self._results.computing(key):
            # Another process may have computed it meanwhile.
            result = self._results.find(key, convert, since=_oldest(REFRESH_SECONDS))
            if result:
                report_age(time.time() - result.time)
                return result.value
            began = time.time()
            value = compute()
            if time.time() - began >= MIN_KEPT_SECONDS:
                self._results.save(key, Result(value, began))
            return value

    def _refresh(self, key: object, compute: Callable[[], T], convert: Callable[[Any], T]) -> None:
        with suppress(RepositoryUnavailable):
            self._compute(key, compute, convert)


@contextmanager
def _recorded() -> Iterator[None]:
    try:
        yield
    finally:  # a write that failed may have been committed
        record_write()


def _is_heavy(query: Query) -> bool:
    """Return whether a search reads many rooms: no index has these orders."""
    is_unordered = query.sort == RELEVANCE or (query.origin is not None and query.descending)
    return is_unordered or len(query.filters) > MANY_CONDITIONS


def _oldest(max_age: float) -> float:
    """Return the earliest time of results that this request may use."""
    return max(time.time() - max_age, last_write())


def _canonical(filters: Filters) -> list[str]:
    return sorted(map(repr, filters))


def _to_facet(value: dict[str, Any]) -> Facet:
    return Facet(value["minimum"], value["maximum"], tuple(value["buckets"]), value["unknown"])


def _to_clusters(value: list[dict[str, Any]]) -> list[Cluster]:
    return [Cluster(**members) for members in value]
