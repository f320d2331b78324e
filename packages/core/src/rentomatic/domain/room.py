"""The room. Its fields are declared here once; all other code reads the declaration."""

import re
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self, TypeVar
from uuid import UUID

from rentomatic.domain.numbers import INT32_MAX
from rentomatic.errors import InvalidRequest, Problem

Value = str | int | float
Number = TypeVar("Number", int, float)
# Smaller numbers of degrees become 0: PostgreSQL rejects their squares.
SMALLEST_DEGREES = 1e-100
MONEY = "money"  # a unit: the operator's currency, for the operator's rental period

# uuid.UUID() ignores hyphens, braces and urn:uuid: at any position, and its int() also accepts
# underscores, spaces and non-ASCII digits.
UUID_SYNTAX = r"(?:urn:uuid:)?\{?(?:[0-9a-fA-F]-?){32}\}?"
_CANONICAL = re.compile("-".join(f"[0-9a-f]{{{digits}}}" for digits in (8, 4, 4, 4, 12)))


def canonical_code(text: str) -> str:
    """Convert a UUID to its canonical form (RFC 9562, section 4), or raise ValueError."""
    # Most codes are canonical: a UUID object would take ten times as long.
    if _CANONICAL.fullmatch(text):
        return text
    if not re.fullmatch(UUID_SYNTAX, text):
        raise ValueError("must be a UUID")
    return str(UUID(text))


def _number(description: str, unit: str, minimum: int, maximum: int) -> dict[str, Any]:
    """Declare a number; pages show `unit` after its value."""
    return {"description": description, "unit": unit, "minimum": minimum, "maximum": maximum}


@dataclass(frozen=True)
class Room:
    """A room to rent. The constructor raises InvalidRequest with the problems of all fields."""

    code: str = field(metadata={"description": "UUID, canonical lower-case text"})
    size: int = field(metadata=_number("whole square metres", "m²", 1, INT32_MAX))
    price: int = field(metadata=_number("whole euros per day", MONEY, 0, INT32_MAX))
    longitude: float = field(metadata=_number("degrees east, EPSG:4326", "° east", -180, 180))
    latitude: float = field(metadata=_number("degrees north, EPSG:4326", "° north", -90, 90))

    def __post_init__(self) -> None:
        problems = []
        for name, declared in FIELDS.items():
            try:
                object.__setattr__(self, name, checked(declared, getattr(self, name)))
            except ValueError as error:
                problems.append(Problem(name, str(error)))
        if problems:
            raise InvalidRequest(problems)

    @classmethod
    def trusted(cls, code: str, size: int, price: int, longitude: float, latitude: float) -> Self:
        """Make a room of values that a table's constraints have checked already."""
        room = object.__new__(cls)
        # Filling __dict__ costs a sixth of a frozen dataclass' own constructor, once per room of
        # every page.
        members = room.__dict__
        members["code"] = code
        members["size"] = size
        members["price"] = price
        members["longitude"] = longitude
        members["latitude"] = latitude
        return room


FIELDS: dict[str, Field[Any]] = {declared.name: declared for declared in fields(Room)}


def checked(declared: Field[Any], value: object) -> Value:
    """Validate and normalize a value of a field, or raise ValueError."""
    if declared.type is str:
        if not isinstance(value, str):
            raise ValueError("must be a UUID")
        return canonical_code(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    if declared.type is int and not isinstance(value, int):
        raise ValueError("must be a whole number")
    return degrees(declared, value) if declared.type is float else in_range(declared, value)


def degrees(declared: Field[Any], number: float) -> float:
    """Normalize a longitude or latitude, or raise ValueError."""
    # -0.0 also becomes 0.0: they are equal, but some storages keep them apart.
    return 0.0 if abs(number) <= SMALLEST_DEGREES else float(in_range(declared, number))


def in_range(declared: Field[Any], number: Number) -> Number:
    """Return the number, or raise ValueError if it is not in the range of the field."""
    minimum, maximum = declared.metadata["minimum"], declared.metadata["maximum"]
    if not minimum <= number <= maximum:
        raise ValueError(f"must be from {minimum} to {maximum}")
    return number
