"""What can be asked of the rooms."""

from dataclasses import dataclass
from enum import StrEnum

from rentomatic.domain import FIELDS, Room, Value

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
MAX_IN_VALUES = 100


class Operator(StrEnum):
    """How a field is compared with a value."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    IN = "in"


def operators(field: str) -> tuple[Operator, ...]:
    """Return the operators a field can be filtered by: codes have no useful order."""
    if FIELDS[field].type is str:
        return (Operator.EQ, Operator.NE, Operator.IN)
    return tuple(Operator)


@dataclass(frozen=True)
class Filter:
    """A condition on one field; the value of IN is a tuple."""

    field: str
    operator: Operator
    value: Value | tuple[Value, ...]


@dataclass(frozen=True)
class Query:
    """Rooms that meet every filter, by price and then by code, at most `limit` of them.

    `after` is the sort key of a room: only rooms behind it are found.
    """

    filters: tuple[Filter, ...] = ()
    limit: int = DEFAULT_LIMIT
    after: tuple[int, str] | None = None


def sort_key(room: Room) -> tuple[int, str]:
    """Return what rooms are ordered by: their price, and their code among equal prices."""
    return room.price, room.code
