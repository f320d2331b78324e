"""The command line of `just chaos`."""

import argparse
import os
import sys

from services.stack.signals import end_in_order
from tests.e2e.stack import checkout
from tools.chaos.scenarios import SCENARIOS, SETTINGS, run
from tools.chaos.size import LONG, SHORT


def main() -> int:
    """Break what is named, or everything, and return 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="just chaos")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCENARIOS))
    parser.add_argument("--short", action="store_true", help="with the numbers of the tests")
    options = parser.parse_args()
    names = options.names or list(SCENARIOS)
    if unknown := set(names).difference(SCENARIOS):
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(SCENARIOS)}")
    end_in_order()
    held = [_holds(name, options.short) for name in names]
    return 0 if all(held) else 1


def _holds(name: str, short: bool) -> bool:
    with checkout(os.environ, **SETTINGS) as services, services.serving():
        return run(name, services, SHORT if short else LONG)


if __name__ == "__main__":
    sys.exit(main())
