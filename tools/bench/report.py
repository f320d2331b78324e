"""What a run prints: a table in Markdown, and which ratios were held."""

from collections.abc import Iterable
from math import inf
from typing import NamedTuple


class Goal(NamedTuple):
    """A ratio that was measured, and its bounds."""

    name: str
    ratio: float
    least: float = 0
    most: float = inf


def print_table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table whose first column is text, and whose others are numbers."""
    first, *others = heads
    for cells in ([first, *others], ["---", *["--:" for _ in others]], *rows):
        print(f"| {' | '.join(cells)} |")


def hold(goals: Iterable[Goal]) -> bool:
    """Print every goal, and say whether all were reached."""
    failures = 0
    for name, ratio, least, most in goals:
        met = least <= ratio <= most
        wanted = f"at least {least}" if least else f"at most {most}"
        print(f"{name}: {ratio:.2f}, {wanted}: {'held' if met else 'MISSED'}")
        failures += not met
    return not failures
