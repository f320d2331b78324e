"""Measures facets, clusters and pages, and searches while clients flood the product with them."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from math import inf
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from tests.e2e.stack import ask
from tools.bench.databases import SPREAD, city, databases
from tools.bench.measuring import Load
from tools.bench.report import Goal, check_goals, print_table
from tools.bench.sites import site
from tools.bench.workloads import box_around

SCRIPT = Path(__file__).with_name("flood.lua")
CITY, CONTINENT, WORLD = box_around(city(0), SPREAD), "-130,-60,-30,60", "-180,-90,180,90"
POINT = "near_longitude={}&near_latitude={}".format(*city(0))

# Path, and the maximum of its time in milliseconds: for the first request, and for further ones.
READS: dict[str, tuple[str, float, float]] = {
    "page": ("/", inf, 60),
    "page by price": ("/?filter_price__lte=200", 250, 60),
    "page by size": ("/?filter_size__gte=50", 250, 60),
    "page of a city": (f"/?bbox={CITY}", 250, 60),
    "page of a continent": (f"/?bbox={CONTINENT}", inf, 60),
    "page within 10 km": (f"/?{POINT}&within=10000", 250, 60),
    "facets": ("/rooms/facets", inf, inf),
    "clusters of a city": (f"/rooms/clusters?bbox={CITY}", inf, inf),
    "clusters of the world": (f"/rooms/clusters?bbox={WORLD}", inf, inf),
    "count": ("/rooms?count=exact", inf, inf),
}
# Each request has a condition of its own, whose value follows.
FLOODS = {
    "facets": "/rooms/facets?filter_code__ne=",
    "clusters": f"/rooms/clusters?bbox={WORLD}&filter_code__ne=",
    "count": "/rooms?count=exact&filter_code__ne=",
    "page": "/?filter_code__ne=",
    "furthest": f"/rooms?sort=-distance&{POINT}&filter_code__ne=",
}
MAX_SEARCH_MS = 250
HISTOGRAM = b'class="histogram"'
WARM_UP_SECONDS = 3
REPETITIONS = 5


class Flooded(NamedTuple):
    """Milliseconds of searches during a flood, and its responses and refusals per second."""

    milliseconds: list[float]
    responses: float
    refused: float


def heavy(rooms: int, load: Load) -> bool:
    """Print the times of reads and of searches during floods. Return whether all goals are met."""
    with databases(rooms) as urls:
        rounds = [_time_reads(urls[rooms]) for _ in range(load.rounds)]
        with _warm_site(urls[rooms]) as port:
            floods = {name: _flood(port, path, load) for name, path in FLOODS.items()}
    times = {
        name: (median(each[name][0] for each in rounds), median(each[name][1] for each in rounds))
        for name in READS
    }
    print_table(
        ("request", "first, ms", "again, ms"),
        ((name, f"{first:.1f}", f"{again:.1f}") for name, (first, again) in times.items()),
    )
    print_table(
        ("flood", "responses, /s", "refused, /s", "search: median, ms", "p99, ms", "max, ms"),
        ((name, *_format(result)) for name, result in floods.items()),
    )
    return check_goals(_goals(times, floods))


@contextmanager
def _warm_site(url: str) -> Iterator[int]:
    """Serve the database, and yield the port after both processes have served pages."""
    with site("ours", url) as (port, _):
        command = ("wrk", "-t1", "-c8", f"-d{WARM_UP_SECONDS}s", "--timeout=30s")
        page = f"http://127.0.0.1:{port}/?bbox={box_around(city(0), 0.005)}"
        subprocess.run((*command, page), check=True, stdout=subprocess.DEVNULL)
        time.sleep(WARM_UP_SECONDS)  # for requests that were still queued
        yield port


def _time_reads(url: str) -> dict[str, tuple[float, float]]:
    """Return the time of the first request and the median of further ones, by name."""
    with _warm_site(url) as port:
        return {
            name: (_time(port, path), median(_time(port, path) for _ in range(REPETITIONS)))
            for name, (path, *_) in READS.items()
        }


def _flood(port: int, path: str, load: Load) -> Flooded:
    """Send requests from all connections, and meanwhile a search at a time."""
    command = ("wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds}s", "--timeout=30s")
    url = f"http://127.0.0.1:{port}{path}"
    milliseconds = []
    with subprocess.Popen(
        (*command, f"--script={SCRIPT}", url), stdout=subprocess.PIPE, text=True
    ) as flood:
        while flood.poll() is None:
            milliseconds.append(_time(port, "/rooms"))
        output, _ = flood.communicate()
    responses, refused = map(float, output.splitlines()[-1].split())
    return Flooded(milliseconds, responses / load.seconds, refused / load.seconds)


def _time(port: int, path: str) -> float:
    """Return the milliseconds of a response; exit if it is incomplete."""
    began = time.perf_counter()
    answer = ask(port, path)
    milliseconds = (time.perf_counter() - began) * 1000
    if answer.status != HTTPStatus.OK or (path.startswith("/?") and HISTOGRAM not in answer.body):
        sys.exit(f"Status {answer.status}, or a page without facets: {path}")
    return milliseconds


def _format(flooded: Flooded) -> Iterator[str]:
    yield from (f"{flooded.responses:.0f}", f"{flooded.refused:.0f}")
    times = flooded.milliseconds
    yield from (f"{each:.1f}" for each in (median(times), quantiles(times, n=100)[-1], max(times)))


def _goals(
    times: Mapping[str, tuple[float, float]], floods: Mapping[str, Flooded]
) -> Iterator[Goal]:
    for name, (_, *bounds) in READS.items():
        for kind, milliseconds, bound in zip(("first", "again"), times[name], bounds, strict=True):
            if bound < inf:
                yield Goal(f"{name}, {kind}, ms", milliseconds, maximum=bound)
    for name, flooded in floods.items():
        yield Goal(f"search during {name}, ms", max(flooded.milliseconds), maximum=MAX_SEARCH_MS)
