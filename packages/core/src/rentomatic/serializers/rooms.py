"""Rooms as plain dicts."""

from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE
from rentomatic.domain.room import FIELDS, Room, Value

# Latitude comes first, as in the book.
_SWAPPED = {"longitude": "latitude", "latitude": "longitude"}
COLUMNS = tuple(_SWAPPED.get(name, name) for name in FIELDS)
_IN_ORDER: dict[str, Value] = dict.fromkeys(COLUMNS, "")
DISTANCE_DECIMALS = 3  # millimetres


def room_to_dict(room: Room, near: Point | None = None) -> dict[str, Value]:
    """Return the members of a room in the order of COLUMNS.

    With a point, the last member is the distance from it, in metres.
    """
    # The left operand gives the order of the members, the right one their values.
    members = _IN_ORDER | room.__dict__
    if near:
        members[DISTANCE] = round(near.distance(room), DISTANCE_DECIMALS)
    return members


def room_to_feature(room: Room, near: Point | None = None) -> dict[str, object]:
    """Return a room as a GeoJSON Feature, longitude first (RFC 7946, section 3.2)."""
    members = room_to_dict(room, near)
    return {
        "type": "Feature",
        "id": members.pop("code"),
        "geometry": {
            "type": "Point",
            "coordinates": [members.pop("longitude"), members.pop("latitude")],
        },
        "properties": members,
    }


def columns(near: Point | None) -> tuple[str, ...]:
    """Return the names of the members of a room, in order."""
    return (*COLUMNS, DISTANCE) if near else COLUMNS
