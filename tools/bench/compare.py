"""Compares the product with its rivals on one database."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

from rentomatic.domain.query import DEFAULT_LIMIT
from tests.e2e.stack import ask
from tools.bench.databases import databases, editor_token
from tools.bench.measuring import Load, Sample, Samples, Target, measure, ratio, typical
from tools.bench.processes import postmaster
from tools.bench.report import Goal, check_goals, print_table
from tools.bench.sites import COMMANDS, Site, site
from tools.bench.workloads import PAGE_NUMBER, paths

# Required ratio of request rates, ours / theirs, on the workloads that rivals support.
MIN_RATIOS = {
    "page": {"fastapi": 0.85, "bare": 0.80, "drf": 4.5},
    "one": {"fastapi": 0.70, "bare": 0.75, "drf": 2.2},
    "box": {"fastapi": 0.80, "bare": 0.80, "drf": 4.0},
    "insert": {"fastapi": 0.55, "bare": 0.70, "drf": 1.5},
}
# With several connections, most of these get 503: half of the processes serve them.
HEAVY = ("facets", "clusters")
# Ratio of 99th percentiles of the response time.
P99_RIVAL, MAX_P99_RATIO = "fastapi", 1.0

Sites = Mapping[str, Site]


def compare(rooms: int, load: Load) -> bool:
    """Print the figures of each site. Return whether all goals are reached."""
    with databases(rooms) as urls, ExitStack() as stack:
        url = urls[rooms]
        database, authorization = postmaster(url), editor_token(url)
        sites = {name: stack.enter_context(site(name, url)) for name in COMMANDS}
        reads = paths(sites["ours"].port, rooms, min(DEFAULT_LIMIT, rooms // PAGE_NUMBER))
        for workload in MIN_RATIOS.keys() & reads.keys():
            _require_equal_rooms(reads[workload], sites)
        _require_inserts(sites, authorization)
        read_targets = {
            (workload, name): Target(each.url(path), each.pid, database)
            for workload, path in reads.items()
            for name, each in sites.items()
            if workload in MIN_RATIOS or (name == "ours" and workload not in HEAVY)
        }
        insert_targets = {
            ("insert", name): Target(each.url("/rooms"), each.pid, database, authorization)
            for name, each in sites.items()
        }
        # Reads first, because inserts change the table.
        samples = {**measure(read_targets, load), **measure(insert_targets, load)}
    _print_tables(samples)
    return check_goals(_goals(samples))


def _require_equal_rooms(path: str, sites: Sites) -> None:
    """Exit unless all sites return the same rooms in the same order."""
    ours, *others = (_rooms(each.port, path) for each in sites.values())
    if any(other != ours for other in others):
        sys.exit(f"The sites return different rooms: {path}")


def _rooms(port: int, path: str) -> Any:
    """Return the rooms of a response. Django REST framework puts them in `results`."""
    body = ask(port, path).json()
    return body.get("results", body) if isinstance(body, dict) else body


def _require_inserts(sites: Sites, authorization: str) -> None:
    """Exit unless each site saves a room and returns it."""
    fields = {"Authorization": authorization, "Content-Type": "application/json"}
    for name, each in sites.items():
        position = {"latitude": 1.5, "longitude": 2.5}
        room = {"code": str(uuid4()), "size": 20, "price": 10, **position}
        answer = ask(each.port, "/rooms", "POST", json.dumps(room), **fields)
        if answer.status != 201 or answer.json() != room:
            sys.exit(f"{name} does not return the new room: {answer}")
        _require_equal_rooms(f"/rooms/{room['code']}", sites)


def _print_tables(samples: Samples) -> None:
    rivals = [name for name in COMMANDS if name != "ours"]
    print_table(
        ("workload", *(f"{name}, /s" for name in COMMANDS), *(f"ours/{name}" for name in rivals)),
        (
            [
                workload,
                *(f"{typical(samples[workload, name]).rate:.0f}" for name in COMMANDS),
                *(f"{_ratio(samples, workload, name, 'rate'):.2f}" for name in rivals),
            ]
            for workload in MIN_RATIOS
        ),
    )
    print_table(
        ("workload, site", "/s", "median, ms", "p99, ms", "application, µs", "database, µs"),
        ([", ".join(key), *_figures(typical(samples[key]))] for key in samples),
    )


def _figures(sample: Sample) -> Iterator[str]:
    for value, decimals in zip(sample, (0, 2, 2, 0, 0), strict=True):
        yield f"{value:.{decimals}f}"


def _goals(samples: Samples) -> Iterator[Goal]:
    for workload, rivals in MIN_RATIOS.items():
        for rival, minimum in rivals.items():
            rates = _ratio(samples, workload, rival, "rate")
            yield Goal(f"ours/{rival} on {workload}", rates, minimum=minimum)
        latencies = _ratio(samples, workload, P99_RIVAL, "p99_milliseconds")
        yield Goal(f"p99 of ours/{P99_RIVAL} on {workload}", latencies, maximum=MAX_P99_RATIO)


def _ratio(samples: Samples, workload: str, rival: str, figure: str) -> float:
    ours, theirs = samples[workload, "ours"], samples[workload, rival]
    return ratio([getattr(s, figure) for s in ours], [getattr(s, figure) for s in theirs])
