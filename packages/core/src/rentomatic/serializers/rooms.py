"""Rooms as plain dicts."""

from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE
from rentomatic.domain.room import Room, Value

COLUMNS = ("code", "size", "price", "latitude", "longitude")
DISTANCE_DECIMALS = 3  # millimetres


def room_to_dict(room: Room, near: Point | None = None) -> dict[str, Value]:
    """Return the members of a room in the order of COLUMNS.

    With a point, the last member is the distance from it, in metres.
    """
    members: dict[str, Value] = {
        "code": room.code,
        "size": room.size,
        "price": room.price,
        "latitude": room.latitude,
        "longitude": room.longitude,
    }
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
