"""Compares the product on a small database with itself on a large one."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack

from tests.e2e.stack import ask
from tools.bench.databases import databases
from tools.bench.measuring import Load, Sample, measure, ratio, typical
from tools.bench.report import Goal, check_goals, print_table
from tools.bench.sites import site
from tools.bench.workloads import PAGE_NUMBER, paths

# Workloads with a goal, and the maximum ratio of response times, large / small.
GOAL_WORKLOADS, MAX_GROWTH = ("first", "page", "deep", "bbox", "near"), 1.3


def growth(small: int, large: int, load: Load) -> bool:
    """Print the response time of each workload. Return whether all goals are reached."""
    with databases(small, large) as database_urls, ExitStack() as stack:
        ports = {
            rooms: stack.enter_context(site("ours", url)) for rooms, url in database_urls.items()
        }
        workloads = {
            rooms: paths(port, rooms, small // PAGE_NUMBER) for rooms, port in ports.items()
        }
        for workload in GOAL_WORKLOADS:
            _require_equal_counts(
                {port: workloads[rooms][workload] for rooms, port in ports.items()}
            )
        urls = {
            (workload, f"{rooms:,}"): f"http://127.0.0.1:{port}{workloads[rooms][workload]}"
            for workload in workloads[small]
            for rooms, port in ports.items()
        }
        samples = measure(urls, load)
    results = {name: [samples[name, f"{rooms:,}"] for rooms in ports] for name in workloads[small]}
    print_table(
        ("workload", *(f"{rooms:,} rooms, ms" for rooms in ports), "growth"),
        (
            (name, *map(_format_typical, pair), f"{_growth(*pair):.2f}")
            for name, pair in results.items()
        ),
    )
    return check_goals(
        Goal(f"growth of {name}", _growth(*results[name]), maximum=MAX_GROWTH)
        for name in GOAL_WORKLOADS
    )


def _require_equal_counts(paths: Mapping[int, str]) -> None:
    """Exit unless the paths, by port, return the same number of rooms."""
    if len({len(ask(port, path).json()) for port, path in paths.items()}) > 1:
        sys.exit(f"The responses differ in their number of rooms: {', '.join(paths.values())}")


def _format_typical(samples: list[Sample]) -> str:
    return f"{typical(samples).milliseconds:.2f}"


def _growth(small: list[Sample], large: list[Sample]) -> float:
    return ratio([each.milliseconds for each in large], [each.milliseconds for each in small])
