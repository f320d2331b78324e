"""The product with few rooms, and with many."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack

from tests.e2e.stack import ask
from tools.bench.databases import databases
from tools.bench.measuring import Load, Sample, measure, ratio, typical
from tools.bench.report import Goal, hold, print_table
from tools.bench.sites import site
from tools.bench.workloads import PAGE_NUMBER, paths

# What a search consists of, and how many times as long it may take.
HELD, MOST = ("first", "page", "deep", "bbox", "near"), 1.3


def growth(few: int, many: int, load: Load) -> bool:
    """Print how long each answer takes with so many rooms; say whether none takes much longer."""
    with databases(few, many) as places, ExitStack() as stack:
        ports = {rooms: stack.enter_context(site("ours", url)) for rooms, url in places.items()}
        asked = {rooms: paths(port, rooms, few // PAGE_NUMBER) for rooms, port in ports.items()}
        for workload in HELD:
            _compare({port: asked[rooms][workload] for rooms, port in ports.items()})
        urls = {
            (workload, f"{rooms:,}"): f"http://127.0.0.1:{port}{asked[rooms][workload]}"
            for workload in asked[few]
            for rooms, port in ports.items()
        }
        samples = measure(urls, load)
    taken = {name: [samples[name, f"{rooms:,}"] for rooms in ports] for name in asked[few]}
    print_table(
        ("workload", *(f"{rooms:,} rooms, ms" for rooms in ports), "growth"),
        ((name, *map(_typical, pair), f"{_growth(*pair):.2f}") for name, pair in taken.items()),
    )
    return hold(Goal(f"growth of {name}", _growth(*taken[name]), most=MOST) for name in HELD)


def _compare(asked: Mapping[int, str]) -> None:
    """End unless the paths on these ports have answers of as many rooms."""
    if len({len(ask(port, path).json()) for port, path in asked.items()}) > 1:
        sys.exit(f"The answers hold more rooms here than there: {', '.join(asked.values())}")


def _typical(samples: list[Sample]) -> str:
    return f"{typical(samples).milliseconds:.2f}"


def _growth(few: list[Sample], many: list[Sample]) -> float:
    return ratio([each.milliseconds for each in many], [each.milliseconds for each in few])
