"""The command line of `just bench`."""

import argparse
import shutil
import sys
from collections.abc import Callable

from services.stack.signals import end_in_order
from tools.bench.beside import beside
from tools.bench.growth import growth
from tools.bench.imports import imports
from tools.bench.measuring import Load

# With fewer, a page would not be full.
FEWEST = 10_000
# For each run, how many rooms its databases have, and over how many connections it asks.
RUNS: dict[str, tuple[Callable[..., bool], list[int], int]] = {
    "beside": (beside, [1_000_000], 8),
    "growth": (growth, [10_000, 5_000_000], 1),
    "import": (imports, [1_000_000], 0),
}


def main() -> int:
    """Measure, and return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="just bench")
    parser.add_argument("run", nargs="?", choices=RUNS, default="beside")
    parser.add_argument("--rooms", nargs="+", type=int, help="of each database")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=2, help="of load on each path in a round")
    options = parser.parse_args()
    run, usual, connections = RUNS[options.run]
    rooms = options.rooms or usual
    if len(rooms) != len(usual) or min(rooms) < FEWEST:
        parser.error(f"{options.run} has {len(usual)} --rooms, each of at least {FEWEST}")
    if not shutil.which("wrk"):
        parser.error("wrk is not on PATH: apt-get install wrk, or nix develop")
    end_in_order()
    return 0 if run(*rooms, Load(options.rounds, options.seconds, connections)) else 1


if __name__ == "__main__":
    sys.exit(main())
