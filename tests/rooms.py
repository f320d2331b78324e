"""Rooms for tests."""

from typing import Any

from rentomatic.domain.room import FIELDS, Room

HEADER = ",".join(FIELDS) + "\n"


def room(number: int = 1, **changes: Any) -> Room:
    """Return a room of which a test says only what matters; another number is another code."""
    values: dict[str, Any] = {
        "code": f"00000000-0000-4000-8000-{number:012d}",
        "size": 20,
        "price": 50,
        "longitude": 19.94,
        "latitude": 50.06,
    }
    return Room(**values | changes)


def line(number: int = 1, **texts: str) -> str:
    """Return the row of such a room below that header, with other texts where a test says so."""
    return ",".join(map(str, (vars(room(number)) | texts).values())) + "\n"
