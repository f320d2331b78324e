"""Rooms as plain dicts, and as columns of text."""

from collections.abc import Collection, Iterable
from typing import Any

from rentomatic.domain.fields import Photo
from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE
from rentomatic.domain.room import OPTIONAL, REQUIRED, Room
from rentomatic.requests.field_values import columns_of

# Latitude comes first, as in the book.
_SWAPPED = {"longitude": "latitude", "latitude": "longitude"}
ORDERED = tuple(_SWAPPED.get(name, name) for name in REQUIRED)
MEMBERS = (*ORDERED, *OPTIONAL)
_IN_ORDER: dict[str, Any] = dict.fromkeys(ORDERED, "")
DISTANCE_DECIMALS = 3  # millimetres


def room_to_dict(room: Room, near: Point | None = None) -> dict[str, Any]:
    """Return the members of a room, in the order of MEMBERS.

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


def columns(near: Point | None, used: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of the columns of rooms, with those of the optional fields in `used`."""
    shown = columns_of(tuple(name for name in OPTIONAL if name in used))
    return (*ORDERED, *shown, DISTANCE) if near else (*ORDERED, *shown)


def room_to_columns(room: Room, near: Point | None = None) -> dict[str, str | float]:
    """Return the values of a room by column, as `parse_room_texts` reads them."""
    members = room_to_dict(room, near)
    if len(members) > len(ORDERED):
        if "features" in members:
            members["features"] = ",".join(room.features)
        if "photos" in members:
            members["photos"] = "\n".join(map(_photo, room.photos))
        members |= members.pop("address", {})
    return {name: "" if value is None else value for name, value in members.items()}


def used_fields(rooms: Iterable[Room]) -> set[str]:
    """Return the optional fields that are not empty in all rooms."""
    return {name for room in rooms for name in vars(room).keys() - REQUIRED}


def _photo(photo: Photo) -> str:
    return f"{photo['url']} {photo.get('alt', '')}".rstrip()
