"""Compares the product with its rivals on one database."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from rentomatic.domain.query import DEFAULT_LIMIT
from tests.e2e.stack import ask
from tools.bench.databases import databases
from tools.bench.measuring import Load, Samples, measure, ratio, typical
from tools.bench.report import Goal, check_goals, print_table
from tools.bench.sites import COMMANDS, site
from tools.bench.workloads import PAGE_NUMBER, paths

# Workloads that rivals support, and the required ratio of request rates, ours / theirs.
SHARED = ("page", "one", "bbox")
MIN_RATIOS = {("page", "bare"): 0.70, ("page", "drf"): 3.7}


def compare(rooms: int, load: Load) -> bool:
    """Print the request rate of each site. Return whether all goals are reached."""
    with databases(rooms) as urls, ExitStack() as stack:
        ports = {name: stack.enter_context(site(name, urls[rooms])) for name in COMMANDS}
        workloads = paths(ports["ours"], rooms, min(DEFAULT_LIMIT, rooms // PAGE_NUMBER))
        for workload in SHARED:
            _require_equal_rooms(workloads[workload], ports)
        samples = measure(_urls(workloads, ports), load)
    headers = ("workload", "ours, ms", *(f"{name}, /s" for name in COMMANDS))
    print_table([*headers, "ours/bare", "ours/drf"], (_row(name, samples) for name in workloads))
    return check_goals(
        Goal(f"ours/{rival} on {workload}", _rate_ratio(samples, workload, rival), minimum=minimum)
        for (workload, rival), minimum in MIN_RATIOS.items()
    )


def _require_equal_rooms(path: str, ports: Mapping[str, int]) -> None:
    """Exit unless all sites return the same rooms in the same order."""
    ours, *others = (_rooms(port, path) for port in ports.values())
    if any(other != ours for other in others):
        sys.exit(f"The sites return different rooms: {path}")


def _rooms(port: int, path: str) -> Any:
    """Return the rooms of a response. Django REST framework puts them in `results`."""
    body = ask(port, path).json()
    return body.get("results", body) if isinstance(body, dict) else body


def _urls(workloads: Mapping[str, str], ports: Mapping[str, int]) -> dict[tuple[str, str], str]:
    return {
        (workload, name): f"http://127.0.0.1:{port}{path}"
        for workload, path in workloads.items()
        for name, port in ports.items()
        if name == "ours" or workload in SHARED
    }


def _row(workload: str, samples: Samples) -> Iterator[str]:
    yield workload
    yield f"{typical(samples[workload, 'ours']).milliseconds:.2f}"
    for name in COMMANDS:
        is_measured = (workload, name) in samples
        yield f"{typical(samples[workload, name]).rate:.0f}" if is_measured else ""
    for name in ("bare", "drf"):
        yield f"{_rate_ratio(samples, workload, name):.2f}" if workload in SHARED else ""


def _rate_ratio(samples: Samples, workload: str, rival: str) -> float:
    ours, theirs = samples[workload, "ours"], samples[workload, rival]
    return ratio([each.rate for each in ours], [each.rate for each in theirs])
