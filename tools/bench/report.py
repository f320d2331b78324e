"""Prints results as a Markdown table, and checks goals."""

from collections.abc import Iterable
from math import inf
from typing import NamedTuple


class Goal(NamedTuple):
    """A measured ratio and its bounds."""

    name: str
    ratio: float
    minimum: float = 0
    maximum: float = inf


def print_table(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a Markdown table. All columns but the first are right-aligned."""
    first, *others = headers
    for cells in ([first, *others], ["---", *["--:" for _ in others]], *rows):
        print(f"| {' | '.join(cells)} |")


def check_goals(goals: Iterable[Goal]) -> bool:
    """Print every goal. Return whether all are reached."""
    failures = 0
    for name, ratio, minimum, maximum in goals:
        is_reached = minimum <= ratio <= maximum
        bound = f"at least {minimum}" if minimum else f"at most {maximum}"
        print(f"{name}: {ratio:.2f}, {bound}: {'reached' if is_reached else 'MISSED'}")
        failures += not is_reached
    return not failures
