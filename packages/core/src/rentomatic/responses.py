"""What is answered when it is more than rooms."""

from dataclasses import dataclass
from typing import Self

from rentomatic.domain.room import Room
from rentomatic.errors import RejectedRow

MAX_LISTED = 100  # rows that were rejected; of the others there is the number


@dataclass(frozen=True)
class Page:
    """Rooms in order, the cursors of the pages beside them, and how many rooms there are in all.

    `next` and `previous` are None where there is no such page, `total` where nobody asked.
    """

    rooms: list[Room]
    next: str | None = None
    previous: str | None = None
    total: int | None = None


@dataclass(frozen=True)
class Facet:
    """How the rooms spread over one field, whatever is asked of that field itself.

    `buckets` counts them in equal parts from the least value to the greatest, which belongs to the
    last part. Without rooms there is no least and no greatest value.
    """

    minimum: int | None
    maximum: int | None
    buckets: tuple[int, ...]


@dataclass(frozen=True)
class Facets:
    """How many rooms meet all conditions, and how they spread.

    If there are none, `without` counts, for each condition in turn, the rooms that meet all the
    others; otherwise it is empty.
    """

    count: int
    fields: dict[str, Facet]
    without: tuple[int, ...]


@dataclass(frozen=True)
class Cluster:
    """The rooms of one cell of a grid: how many, the lowest price, and their mean place."""

    count: int
    price: int
    longitude: float
    latitude: float


@dataclass(frozen=True)
class ImportReport:
    """How many rooms were made, changed and found as they were, and how many rows were rejected.

    `rows` are the first of those rejected.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rows: tuple[RejectedRow, ...] = ()

    def __add__(self, other: Self) -> "ImportReport":
        return ImportReport(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
            (self.rows + other.rows)[:MAX_LISTED],
        )
