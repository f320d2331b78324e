"""The product beside its rivals, on one database."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from rentomatic.domain.query import DEFAULT_LIMIT
from tests.e2e.stack import ask
from tools.bench.databases import databases
from tools.bench.measuring import Load, Samples, measure, ratio, typical
from tools.bench.report import Goal, hold, print_table
from tools.bench.sites import COMMANDS, site
from tools.bench.workloads import PAGE_NUMBER, paths

# What rivals can answer as well, and how many times their rates the product has to reach.
SHARED = ("page", "one", "bbox")
WANTED = {("page", "bare"): 0.70, ("page", "drf"): 3.7}


def beside(rooms: int, load: Load) -> bool:
    """Print how many requests a second each serves; say whether the product is fast enough."""
    with databases(rooms) as urls, ExitStack() as stack:
        ports = {name: stack.enter_context(site(name, urls[rooms])) for name in COMMANDS}
        asked = paths(ports["ours"], rooms, min(DEFAULT_LIMIT, rooms // PAGE_NUMBER))
        for workload in SHARED:
            _compare(asked[workload], ports)
        samples = measure(_urls(asked, ports), load)
    heads = ("workload", "ours, ms", *(f"{name}, /s" for name in COMMANDS))
    print_table([*heads, "ours/bare", "ours/drf"], (_row(name, samples) for name in asked))
    return hold(
        Goal(f"ours/{rival} on {workload}", _times(samples, workload, rival), least=least)
        for (workload, rival), least in WANTED.items()
    )


def _compare(path: str, ports: Mapping[str, int]) -> None:
    """End unless all answer with the same rooms in the same order."""
    ours, *others = (_rooms(port, path) for port in ports.values())
    if any(other != ours for other in others):
        sys.exit(f"The sites answer differently: {path}")


def _rooms(port: int, path: str) -> Any:
    """Return the rooms of an answer, which Django REST framework puts beside its links."""
    found = ask(port, path).json()
    return found.get("results", found) if isinstance(found, dict) else found


def _urls(asked: Mapping[str, str], ports: Mapping[str, int]) -> dict[tuple[str, str], str]:
    return {
        (workload, name): f"http://127.0.0.1:{port}{path}"
        for workload, path in asked.items()
        for name, port in ports.items()
        if name == "ours" or workload in SHARED
    }


def _row(workload: str, samples: Samples) -> Iterator[str]:
    yield workload
    yield f"{typical(samples[workload, 'ours']).milliseconds:.2f}"
    for name in COMMANDS:
        shared = (workload, name) in samples
        yield f"{typical(samples[workload, name]).rate:.0f}" if shared else ""
    for name in ("bare", "drf"):
        yield f"{_times(samples, workload, name):.2f}" if workload in SHARED else ""


def _times(samples: Samples, workload: str, rival: str) -> float:
    ours, theirs = samples[workload, "ours"], samples[workload, rival]
    return ratio([each.rate for each in ours], [each.rate for each in theirs])
