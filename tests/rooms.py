"""Rooms for tests."""

from typing import Any

from rentomatic.domain.room import REQUIRED, Room

HEADER = ",".join(REQUIRED) + "\n"


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


def full_room(number: int = 1, **changes: Any) -> Room:
    """Return a room that has every field."""
    details: dict[str, Any] = {
        "title": "Sunny room near the river",
        "description": "Two windows.\nQuiet.",
        "kind": "room",
        "features": ("wifi", "balcony"),
        "capacity": 2,
        "min_nights": 3,
        "photos": (
            {"url": "https://photos.example.org/1.jpg", "alt": "The room"},
            {"url": "https://photos.example.org/2.jpg"},
        ),
        "address": {
            "street": "Rynek 1",
            "postcode": "31-042",
            "locality": "Kraków",
            "region": "Małopolska",
            "country": "PL",
        },
        "url": "https://example.org/rent/1",
        "source": "agency",
        "reference": f"A-{number}",
    }
    return room(number, **details | changes)


def line(number: int = 1, **texts: str) -> str:
    """Return the row of such a room below that header, with other texts where a test says so."""
    return ",".join(map(str, (vars(room(number)) | texts).values())) + "\n"
