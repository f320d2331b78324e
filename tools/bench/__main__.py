"""The command line of `just bench`."""

import argparse
import shutil
import sys
from collections.abc import Callable

from services.stack.signals import exit_on_signals
from tools.bench.compare import compare
from tools.bench.cpu import cpu
from tools.bench.growth import growth
from tools.bench.heavy import heavy
from tools.bench.imports import imports
from tools.bench.measuring import Load
from tools.bench.memory import memory
from tools.bench.places import places
from tools.bench.sitemaps import sitemaps

# With fewer rooms, a page of each workload would not be full.
MIN_ROOMS = 10_000
# Function, numbers of rooms of its databases, connections.
RUNS: dict[str, tuple[Callable[..., bool], list[int], int]] = {
    "compare": (compare, [1_000_000], 8),
    "cpu": (cpu, [100_000], 0),
    "growth": (growth, [10_000, 5_000_000], 1),
    "heavy": (heavy, [1_000_000], 8),
    "import": (imports, [1_000_000], 0),
    "memory": (memory, [100_000], 0),
    "places": (places, [], 0),
    "sitemaps": (sitemaps, [1_000_000], 0),
}


def main() -> int:
    """Run a benchmark, and return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="just bench")
    parser.add_argument(
        "run",
        nargs="?",
        choices=RUNS,
        default="compare",
        help="compare: with rivals (default); cpu: CPU time of the application; "
        "growth: a small and a large database; "
        "heavy: facets, clusters, pages and searches meanwhile; "
        "import: imports and COPY; memory: workers, idle and after imports; "
        "places: searches of places; sitemaps: all sitemaps, and pages of places",
    )
    parser.add_argument("--rooms", nargs="+", type=int, help="number of rooms of each database")
    parser.add_argument("--rounds", type=int, default=9, help="measured rounds")
    parser.add_argument(
        "--seconds", type=int, default=2, help="seconds of load per path and round"
    )
    options = parser.parse_args()
    run, default_rooms, connections = RUNS[options.run]
    rooms = options.rooms or default_rooms
    if len(rooms) != len(default_rooms) or min(rooms, default=MIN_ROOMS) < MIN_ROOMS:
        parser.error(
            f"--rooms must be {len(default_rooms)} numbers for {options.run}, at least {MIN_ROOMS}"
        )
    if connections and not shutil.which("wrk"):
        parser.error("wrk is not on PATH: run apt-get install wrk, or nix develop")
    exit_on_signals()
    return 0 if run(*rooms, Load(options.rounds, options.seconds, connections)) else 1


if __name__ == "__main__":
    sys.exit(main())
