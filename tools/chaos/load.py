"""A stack under mixed reads and writes, and what they say of a fault."""

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
from tools.chaos.figures import Figure, answers
from tools.chaos.size import Size

DONE = (200, 201, 204, 404, 409)

STEADY = 10  # answers that are well, one after the other


@dataclass(frozen=True)
class Load:
    """Those who read and write while the block runs."""

    services: Checkout
    size: Size
    reader: Reader
    writers: list[Writer]

    def samples(self) -> list[Sample]:
        return [*self.reader.samples, *(each for one in self.writers for each in one.samples)]

    def figures(self, faults: list[float], *allowed: object) -> list[Figure]:
        """Return what the clients saw of faults at these times, and what is left of the writes.

        Besides what is done, they may be answered as allowed.
        """
        polled = self.reader.samples
        return [
            Figure("requests", len(self.samples()), least=1),
            *answers((each.status for each in self.samples()), (*DONE, *allowed)),
            Figure("longest outage s", longest_outage(polled), most=self.size.recovery),
            Figure("longest recovery s", recovery(polled, faults), most=self.size.recovery),
            *_kept(self.services, self.writers),
        ]


@contextmanager
def under_load(services: Checkout, size: Size) -> Iterator[Load]:
    """Read and write while the block runs."""
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


def breaking(load: Load, fault: Callable[[Checkout], None]) -> list[float]:
    """Break something as often, once all is well again each time; return when."""
    times = []
    for _ in range(load.size.faults):
        time.sleep(load.size.pause)
        times.append(time.monotonic())
        fault(load.services)
        eventually(lambda: _well_since(load.reader, times[-1]), "rooms again")
    time.sleep(load.size.pause)
    return times


def _well_since(reader: Reader, fault: float) -> bool:
    # One is not enough: what was on its way may be answered before anybody notices.
    latest = reader.samples[-STEADY:]
    return len(latest) == STEADY and all(
        each.began > fault and each.status == 200 for each in latest
    )


def longest_outage(polled: list[Sample]) -> float:
    """Return the longest time between two answers that were well."""
    well = [each.ended for each in polled if each.status == 200]
    return max((after - before for before, after in pairwise(well)), default=float("inf"))


def recovery(polled: list[Sample], faults: list[float]) -> float:
    """Return the longest time from a fault to the answer from which on all were well."""
    ends = [*faults[1:], float("inf")]
    return max(_recovery(polled, *span) for span in zip(faults, ends, strict=True))


def _recovery(polled: list[Sample], fault: float, end: float) -> float:
    after = [each for each in polled if fault < each.ended < end]
    ill = [number for number, each in enumerate(after) if each.status != 200]
    well = after[ill[-1] + 1 :] if ill else []
    return (well[0].ended - fault if well else float("inf")) if ill else 0.0


def _kept(services: Checkout, writers: list[Writer]) -> Iterator[Figure]:
    """Compare what was acknowledged with what is there."""
    lines = ask(services.port, "/rooms/export.ndjson").body.splitlines()
    there = [(room["code"], room["price"]) for room in map(json.loads, lines)]
    prices = dict(there)
    expected = {code: price for one in writers for code, price in one.rooms.items()}
    acknowledged = sum(one.acknowledged for one in writers)
    yield Figure("acknowledged writes", acknowledged, least=1)
    yield Figure(
        "lost", sum(prices.get(code) != price for code, price in expected.items()), most=0
    )
    yield Figure("doubled", len(there) - len(prices), most=0)
    yield Figure("misread", sum(one.misread for one in writers), most=0)
