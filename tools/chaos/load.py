"""Runs mixed reads and writes during faults, and evaluates the responses."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from threading import Event

from tests.e2e.stack import Checkout, ask, eventually
from tools.chaos.clients import Reader, Sample, Writer
from tools.chaos.figures import Figure, status_figures
from tools.chaos.size import Size

EXPECTED_STATUSES = (200, 201, 204, 404, 409)
CONSECUTIVE_SUCCESSES = 10  # before a fault counts as over


@dataclass(frozen=True)
class Load:
    """The clients that read and write during faults."""

    services: Checkout
    size: Size
    reader: Reader
    writers: list[Writer]

    def samples(self) -> list[Sample]:
        return [*self.reader.samples, *(each for one in self.writers for each in one.samples)]

    def figures(self, faults: list[float], *allowed: object) -> list[Figure]:
        """Evaluate all responses and the rooms in the database.

        `faults` are their times; `allowed` are statuses besides EXPECTED_STATUSES.
        """
        polled = self.reader.samples
        return [
            Figure("requests", len(self.samples()), minimum=1),
            *status_figures(
                (each.status for each in self.samples()), (*EXPECTED_STATUSES, *allowed)
            ),
            Figure("longest outage s", longest_outage(polled), maximum=self.size.recovery),
            Figure("longest recovery s", recovery(polled, faults), maximum=self.size.recovery),
            *_compare_rooms(self.services, self.writers),
        ]


@contextmanager
def under_load(services: Checkout, size: Size) -> Iterator[Load]:
    """Run a reader and `size.clients` writers during the block."""
    token, stop = services.token("editor", f"editor-{time.monotonic_ns()}"), Event()
    writers = [Writer(services.port, token, time.monotonic_ns() + n) for n in range(size.clients)]
    load = Load(services, size, Reader(services.port), writers)
    runs = [load.reader.run, *(one.run for one in writers)]
    with ThreadPoolExecutor(len(runs)) as pool:
        running = [pool.submit(run, stop) for run in runs]
        try:
            yield load
        finally:
            stop.set()
    for each in running:
        each.result()


def inject(load: Load, fault: Callable[[Checkout], None]) -> list[float]:
    """Inject `size.faults` faults, each after recovery from the one before. Return their times."""
    times = []
    for _ in range(load.size.faults):
        time.sleep(load.size.pause)
        times.append(time.monotonic())
        fault(load.services)
        eventually(lambda: _has_recovered(load.reader, times[-1]), "recovery from a fault")
    time.sleep(load.size.pause)
    return times


def _has_recovered(reader: Reader, fault: float) -> bool:
    # One success is not enough: the first requests may succeed before the fault has an effect.
    latest = reader.samples[-CONSECUTIVE_SUCCESSES:]
    return len(latest) == CONSECUTIVE_SUCCESSES and all(
        each.began > fault and each.status == 200 for each in latest
    )


def longest_outage(polled: list[Sample]) -> float:
    """Return the longest time between two successful responses."""
    successes = [each.ended for each in polled if each.status == 200]
    return max((after - before for before, after in pairwise(successes)), default=float("inf"))


def recovery(polled: list[Sample], faults: list[float]) -> float:
    """Return the longest time from a fault to the first response after its last failure."""
    ends = [*faults[1:], float("inf")]
    return max(_recovery(polled, *span) for span in zip(faults, ends, strict=True))


def _recovery(polled: list[Sample], fault: float, end: float) -> float:
    after = [each for each in polled if fault < each.ended < end]
    failures = [number for number, each in enumerate(after) if each.status != 200]
    if not failures:
        return 0.0
    successes = after[failures[-1] + 1 :]
    return successes[0].ended - fault if successes else float("inf")


def _compare_rooms(services: Checkout, writers: list[Writer]) -> Iterator[Figure]:
    """Compare acknowledged writes with the rooms in the database."""
    lines = ask(services.port, "/rooms/export.ndjson").body.splitlines()
    exported = [(room["code"], room["price"]) for room in map(json.loads, lines)]
    prices = dict(exported)
    expected = {code: price for one in writers for code, price in one.rooms.items()}
    acknowledged = sum(one.acknowledged for one in writers)
    yield Figure("acknowledged writes", acknowledged, minimum=1)
    yield Figure(
        "lost", sum(prices.get(code) != price for code, price in expected.items()), maximum=0
    )
    yield Figure("doubled", len(exported) - len(prices), maximum=0)
    yield Figure("misread", sum(one.misread for one in writers), maximum=0)
