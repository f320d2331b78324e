"""What a room is. The fields of Room are declared here once, and everything else asks them."""

import re
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self
from uuid import UUID

from rentomatic.domain.numbers import INT32_MAX
from rentomatic.errors import InvalidRequest, Problem

Value = str | int | float
MONEY = "money"  # a unit: the operator's currency, for the operator's rental period

# UUID() ignores hyphens, braces and urn:uuid: wherever they stand, and hands the rest to int(),
# which also takes underscores, spaces and the digits of every script.
UUID_SPELLING = r"(?:urn:uuid:)?\{?(?:[0-9a-fA-F]-?){32}\}?"
_PLAIN = re.compile(r"-?".join(f"([0-9a-f]{{{digits}}})" for digits in (8, 4, 4, 4, 12)))


def canonical_code(text: str) -> str:
    """Return a UUID in its canonical form (RFC 9562, section 4), or raise ValueError."""
    # Without a UUID object, most spellings are read five times as fast.
    if match := _PLAIN.fullmatch(text):
        return "-".join(match.groups())
    if not re.fullmatch(UUID_SPELLING, text):
        raise ValueError("must be a UUID")
    return str(UUID(text))


@dataclass(frozen=True)
class Room:
    """A room to rent; raises InvalidRequest with every problem when it could not exist."""

    code: str = field(metadata={"description": "UUID, canonical lower-case text"})
    size: int = field(
        metadata={
            "description": "whole square metres",
            "unit": "m²",
            "minimum": 1,
            "maximum": INT32_MAX,
        }
    )
    price: int = field(
        metadata={
            "description": "whole euros per day",
            "unit": MONEY,
            "minimum": 0,
            "maximum": INT32_MAX,
        }
    )
    longitude: float = field(
        metadata={
            "description": "degrees east, EPSG:4326",
            "unit": "° east",
            "minimum": -180,
            "maximum": 180,
        }
    )
    latitude: float = field(
        metadata={
            "description": "degrees north, EPSG:4326",
            "unit": "° north",
            "minimum": -90,
            "maximum": 90,
        }
    )

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
    """Return the value as the field keeps it, or raise ValueError that says what is wrong."""
    if declared.type is str:
        if not isinstance(value, str):
            raise ValueError("must be a UUID")
        return canonical_code(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    if declared.type is int and not isinstance(value, int):
        raise ValueError("must be a whole number")
    minimum, maximum = declared.metadata["minimum"], declared.metadata["maximum"]
    if not minimum <= value <= maximum:
        raise ValueError(f"must be from {minimum} to {maximum}")
    # Adding nothing turns -0.0 into 0.0: the two are equal, and no storage may tell them apart.
    return value if declared.type is int else float(value) + 0.0
