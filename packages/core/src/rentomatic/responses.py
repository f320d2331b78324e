"""Return values of use cases: pages, facets, clusters, last changes and import reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self

from rentomatic.domain.room import Room
from rentomatic.errors import RejectedRow

MAX_LISTED_ROWS = 100  # rejected rows that are listed; the rest are only counted


class Page(NamedTuple):
    """Sorted rooms, and the cursors of the next and the previous page.

    `next` and `previous` are None if that page does not exist. `total` is the number of rooms on
    all pages, or None if the search did not ask for it.
    """

    rooms: list[Room]
    next: str | None = None
    previous: str | None = None
    total: int | None = None


@dataclass(frozen=True)
class Facet:
    """A histogram of one field.

    `buckets` counts rooms in intervals of equal width from `minimum` to `maximum`; the last one
    includes `maximum`. Without rooms, both are None. `unknown` counts rooms without a value.
    """

    minimum: int | None
    maximum: int | None
    buckets: tuple[int, ...]
    unknown: int = 0

    @property
    def count(self) -> int:
        return sum(self.buckets) + self.unknown


@dataclass(frozen=True)
class Facets:
    """The number of rooms that meet all conditions, histograms, and counts by word.

    Each has the rooms that meet the conditions, except filters on its own field.
    `used` are the optional fields that any room has, with or without the conditions.
    If `count` is 0, `without` has for each condition the number of rooms that meet all the others;
    otherwise it is empty.
    """

    count: int
    fields: dict[str, Facet]
    without: tuple[int, ...]
    words: dict[str, dict[str, int]] = field(default_factory=dict)
    used: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """The rooms of one cell: their number, lowest price and mean position."""

    count: int
    price: int
    longitude: float
    latitude: float


class LastChange(NamedTuple):
    """The code of a room, and the time of its last change."""

    code: str
    updated: datetime


@dataclass(frozen=True)
class ImportReport:
    """Counts of an import.

    `rows` has the first MAX_LISTED_ROWS of the rejected rows, `withdrawn_codes` the first codes of
    the withdrawn rooms.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rows: tuple[RejectedRow, ...] = ()
    withdrawn: int = 0
    withdrawn_codes: tuple[str, ...] = ()

    def __add__(self, other: Self) -> "ImportReport":
        return ImportReport(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
            (self.rows + other.rows)[:MAX_LISTED_ROWS],
            self.withdrawn + other.withdrawn,
            (self.withdrawn_codes + other.withdrawn_codes)[:MAX_LISTED_ROWS],
        )


def withdrawal(codes: Sequence[str]) -> ImportReport:
    """Return the report of withdrawn rooms, whose codes are given in order."""
    return ImportReport(withdrawn=len(codes), withdrawn_codes=tuple(codes[:MAX_LISTED_ROWS]))
