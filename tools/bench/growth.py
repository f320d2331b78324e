"""Compares the product on a small database with itself on a large one."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack

from tests.e2e.stack import ask
from tools.bench.databases import databases
from tools.bench.measuring import Load, Sample, Target, measure, ratio, typical
from tools.bench.processes import postmaster
from tools.bench.report import Goal, check_goals, print_table
from tools.bench.sites import site
from tools.bench.workloads import PAGE_NUMBER, paths

# Workloads with a goal, and the maximum ratio of response times, large / small.
GOAL_WORKLOADS = ("first", "page", "one", "deep", "bbox", "block", "near")
MAX_GROWTH = 1.2


def growth(small: int, large: int, load: Load) -> bool:
    """Print the response time of each workload. Return whether all goals are reached."""
    with databases(small, large) as database_urls, ExitStack() as stack:
        sites = {
            rooms: stack.enter_context(site("ours", url)) for rooms, url in database_urls.items()
        }
        workloads = {
            rooms: paths(each.port, rooms, small // PAGE_NUMBER) for rooms, each in sites.items()
        }
        for workload in GOAL_WORKLOADS:
            _require_equal_counts(
                {each.port: workloads[rooms][workload] for rooms, each in sites.items()}
            )
        database = postmaster(database_urls[small])
        targets = {
            (workload, f"{rooms:,}"): Target(each.url(path), each.pid, database)
            for rooms, each in sites.items()
            for workload, path in workloads[rooms].items()
        }
        samples = measure(targets, load)
    results = {name: [samples[name, f"{rooms:,}"] for rooms in sites] for name in workloads[small]}
    print_table(
        ("workload", *(f"{rooms:,} rooms, ms" for rooms in sites), "growth"),
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
