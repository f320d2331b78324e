"""The command line of `just chaos`."""

import argparse
import os
import sys

from services.stack.signals import exit_on_signals
from tests.e2e.stack import checkout
from tools.chaos.scenarios import SCENARIOS, SETTINGS, run
from tools.chaos.size import LONG, SHORT


def main() -> int:
    """Run the named scenarios, or all, and return 1 if a figure is out of bounds."""
    parser = argparse.ArgumentParser(prog="just chaos")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"default: all of {', '.join(SCENARIOS)}"
    )
    parser.add_argument(
        "--short", action="store_true", help="use the smaller numbers of the tests"
    )
    options = parser.parse_args()
    names = options.names or list(SCENARIOS)
    if unknown := set(names).difference(SCENARIOS):
        parser.error(f"{', '.join(sorted(unknown))}: must be one of {', '.join(SCENARIOS)}")
    exit_on_signals()
    results = [_passes(name, options.short) for name in names]
    return 0 if all(results) else 1


def _passes(name: str, short: bool) -> bool:
    with checkout(os.environ, **SETTINGS) as services, services.serving():
        return run(name, services, SHORT if short else LONG)


if __name__ == "__main__":
    sys.exit(main())
