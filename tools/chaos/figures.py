"""Measured figures and their bounds."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Figure(NamedTuple):
    """A measured number and its inclusive bounds."""

    name: str
    value: float
    maximum: float = float("inf")
    minimum: float = 0

    def is_within_bounds(self) -> bool:
        return self.minimum <= self.value <= self.maximum

    def __str__(self) -> str:
        number = f"{self.value:.2f}" if isinstance(self.value, float) else str(self.value)
        bound = f" (at least {self.minimum})" if self.minimum else ""
        bound += f" (at most {self.maximum})" if self.maximum != float("inf") else ""
        return f"{self.name} {number}{bound}{'' if self.is_within_bounds() else '  FAILED'}"


def status_figures(statuses: Iterable[object], allowed: Iterable[object]) -> list[Figure]:
    """Count responses by status. The maximum of a status that is not in `allowed` is 0."""
    counts = Counter(statuses)
    allowed_statuses = set(allowed)
    return [
        Figure(
            f"answered {status}", count, maximum=float("inf") if status in allowed_statuses else 0
        )
        for status, count in sorted(counts.items(), key=str)
    ]
