"""Approximate positions: visitors see each room at another point than its door.

The point is in the door's cell of a secret grid, and does not depend on where in the cell the door
is. So all rooms behind one door, and all requests together, show the cell and no more.
"""

import hmac
from collections.abc import Iterator
from math import ceil, cos, floor, pi, radians
from typing import Any, NamedTuple

from rentomatic.domain.fields import DOOR_PARTS, in_order
from rentomatic.domain.globe import EARTH_RADIUS, Point, Position
from rentomatic.domain.room import Room

# The points of a cell of this width and height are at most 300 m apart.
CELL_METRES = 210
ROWS = ceil(pi * EARTH_RADIUS / CELL_METRES)
ROW_DEGREES = 180 / ROWS
# Shown points keep away from the edges by this share of the cell, so that rounding, to a tenth of
# a metre, leaves them in it: the shown point of a shown point is itself.
MARGIN = 0.02
DECIMALS = 6


class _Cell(NamedTuple):
    row: int
    column: int
    west: float
    south: float
    width: float
    height: float


class SecretGrid:
    """Cells whose edges, and the shown points in them, depend on a secret key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        shift, self._shift_east = self._shares("grid")
        # At the poles, rows are cut off, but not to the height of a rounding error.
        self._shift_north = 0.25 + shift / 2

    def shown(self, code: str, position: Position) -> Point:
        """Return the point where visitors see the room with that code at that position."""
        cell = self._cell(position)
        up, right = (
            MARGIN + (1 - 2 * MARGIN) * share
            for share in self._shares(f"{code} {cell.row} {cell.column}")
        )
        longitude = (cell.west + right * cell.width + 180) % 360 - 180
        latitude = cell.south + up * cell.height
        return Point(round(longitude, DECIMALS), round(latitude, DECIMALS))

    def hidden(self, room: Room) -> Room:
        """Return the room at its shown point, with its door as a secret."""
        shown, address = self.shown(room.code, room), room.address or {}
        secret = {name: part for name, part in address.items() if name in DOOR_PARTS}
        rest = {name: part for name, part in address.items() if name not in DOOR_PARTS}
        door = in_order({"longitude": room.longitude, "latitude": room.latitude} | secret)
        return room.changed(**shown._asdict(), address=rest or None, door=door)

    def seen_by_visitors(self, room: Room) -> Room:
        """Return a stored room without its door, at its shown point."""
        # Most rooms are stored as hidden.
        return (room if room.door else self.hidden(room)).without_door()

    def is_shown(self, room: Room) -> bool:
        """Return whether the room is at a shown point of its own."""
        return self.shown(room.code, room) == (room.longitude, room.latitude)

    def _cell(self, position: Position) -> _Cell:
        longitude, latitude = position.longitude, position.latitude
        if abs(latitude) == 90:  # a pole has every longitude
            longitude = 0.0
        row = floor((latitude + 90) / ROW_DEGREES + self._shift_north)
        south, north = (
            min(max((edge - self._shift_north) * ROW_DEGREES - 90, -90.0), 90.0)
            for edge in (row, row + 1)
        )
        nearest = 0.0 if south < 0 < north else min(abs(south), abs(north))  # to the equator
        circumference = 2 * pi * EARTH_RADIUS * cos(radians(nearest))
        columns = max(ceil(circumference / CELL_METRES), 1)
        column = floor((longitude + 180) / 360 * columns + self._shift_east) % columns
        width = 360 / columns
        west = (column - self._shift_east) * width - 180
        return _Cell(row, column, west, south, width, north - south)

    def _shares(self, text: str) -> Iterator[float]:
        """Return two numbers from 0 to 1, which look random without the key."""
        digest = hmac.digest(self._key, text.encode(), "sha256")
        return (int.from_bytes(digest[start : start + 8]) / 2**64 for start in (0, 8))


def revealed(room: Room) -> Room:
    """Return a stored room with the position and the address of its door."""
    if room.door is None:
        return room
    door: dict[str, Any] = {**room.door}
    position = {name: door.pop(name) for name in Point._fields}
    address = in_order({**(room.address or {}), **door})
    return room.changed(**position, address=address or None, door=None)


def restored(room: Room, stored: Room) -> Room:
    """Return a room at its shown point with the door of the stored one.

    A street or postcode of `room` itself stays. If that door is the shown point, `room` is exact.
    """
    exact = revealed(stored)
    if (exact.longitude, exact.latitude) == (room.longitude, room.latitude):
        return room
    parts = {name: part for name, part in (exact.address or {}).items() if name in DOOR_PARTS}
    address = in_order({**parts, **(room.address or {})})
    return room.changed(
        longitude=exact.longitude, latitude=exact.latitude, address=address or None
    )
