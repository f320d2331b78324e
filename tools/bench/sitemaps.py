"""Measures the sitemaps of all rooms, and the page of a place."""

import time
import xml.etree.ElementTree as ET
from urllib.request import Request, urlopen

from tests.e2e.sites import memory_of
from tools.bench.databases import databases
from tools.bench.measuring import Load
from tools.bench.processes import children
from tools.bench.report import Goal, check_goals, print_table
from tools.bench.sites import Site, site

MAX_SECONDS = 30
MAX_GROWTH_MIB = 20
MAX_URLS, MAX_BYTES = 50_000, 50 * 2**20  # of the protocol
PLACE = "/rooms-in/bg/veliko-turnovo-725993"  # near a city of the database


def sitemaps(number_of_rooms: int, _load: Load) -> bool:
    """Print the time and memory of all sitemaps. Return whether the goals are reached."""
    with databases(number_of_rooms) as urls, site("ours", urls[number_of_rooms]) as ours:
        first = {path: seconds_of(ours, path) for path in ("/sitemap.xml", "/rooms-in", PLACE)}
        later = {path: min(seconds_of(ours, path) for _ in range(5)) for path in first}
        before, began = memory(ours), time.monotonic()
        sizes = [(len(body), rooms_in(body)) for body in all_sitemaps(ours)]
        seconds, growth = time.monotonic() - began, memory(ours) - before
    print_table(
        ["", "first, s", "later, s"],
        [[path, f"{first[path]:.3f}", f"{later[path]:.3f}"] for path in first],
    )
    print(f"{len(sizes)} sitemaps, at most {max(sizes)[0] / 2**20:.1f} MiB")
    return check_goals(
        [
            Goal("sitemaps, s", seconds, maximum=MAX_SECONDS),
            Goal("rooms", sum(count for _, count in sizes), minimum=number_of_rooms),
            Goal("rooms of a sitemap", max(count for _, count in sizes), maximum=MAX_URLS),
            Goal("bytes of a sitemap", max(sizes)[0], maximum=MAX_BYTES),
            Goal("growth of a worker, MiB", max(growth, 0), maximum=MAX_GROWTH_MIB),
        ]
    )


def all_sitemaps(ours: Site) -> list[bytes]:
    index = ET.fromstring(read(ours, "/sitemap.xml"))  # noqa: S314 (our own)
    locations = (entry[0].text or "" for entry in index)
    return [read(ours, f"/{location.split('/', 3)[3]}") for location in locations]


def rooms_in(body: bytes) -> int:
    """Count the rooms: pages of places have no time."""
    return body.count(b"<lastmod>")


def seconds_of(ours: Site, path: str) -> float:
    began = time.monotonic()
    read(ours, path)
    return time.monotonic() - began


def read(ours: Site, path: str) -> bytes:
    with urlopen(Request(ours.url(path), headers={"Accept": "text/html"})) as answer:
        body: bytes = answer.read()
        return body


def memory(ours: Site) -> float:
    """Return the largest PSS of a worker in MiB."""
    return max(memory_of(worker)["Pss"] for worker in children(ours.pid))
