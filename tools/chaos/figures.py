"""What a fault came to: counted, and held to bounds."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Figure(NamedTuple):
    """A number of what happened, and between which bounds it has to be."""

    what: str
    value: float
    most: float = float("inf")
    least: float = 0

    def holds(self) -> bool:
        return self.least <= self.value <= self.most

    def __str__(self) -> str:
        number = f"{self.value:.2f}" if isinstance(self.value, float) else str(self.value)
        bound = f" (at least {self.least})" if self.least else ""
        bound += f" (at most {self.most})" if self.most != float("inf") else ""
        return f"{self.what} {number}{bound}{'' if self.holds() else '  FAILED'}"


def answers(statuses: Iterable[object], allowed: Iterable[object]) -> list[Figure]:
    """Return how many answers of each kind there are, of which only those may be."""
    counted = Counter(statuses)
    unbounded = set(allowed)
    return [
        Figure(f"answered {status}", count, most=float("inf") if status in unbounded else 0)
        for status, count in sorted(counted.items(), key=str)
    ]
