"""Rooms by the cells of a grid, for maps that would show too many.

Cells are squares of 360/2^n degrees, counted from 180 degrees west and the south pole. Their sides
are exact in binary, so every storage puts a room into the same cell.
"""

from collections import defaultdict
from math import ceil, floor, fsum

from rentomatic.domain.conditions import Box, Filters
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Cluster

MOST_CELLS = 32  # that a box spans, each way
FINEST = 30  # 360/2^30 degrees are 4 cm


def side_for(box: Box) -> float:
    """Return the side, in degrees, of the smallest cells of which the box spans 32 at the most."""
    west, south, east, north = box
    east += 360 if west > east else 0
    sides = (360 / (1 << power) for power in range(FINEST, 0, -1))
    for side in sides:
        columns = _span(west + 180, east + 180, side)
        if max(columns, _span(south + 90, north + 90, side)) <= MOST_CELLS:
            return side
    return 360.0


def _span(start: float, end: float, side: float) -> int:
    """Return in how many cells of a row or column something lies."""
    return max(ceil(end / side) - floor(start / side), 1)


def clusters_of(rooms: RoomRepository, filters: Filters, side: float) -> list[Cluster]:
    """Return the clusters of the rooms that meet the conditions, from one reading of them."""
    cells: defaultdict[tuple[int, int], list[Room]] = defaultdict(list)
    for room in rooms.scan(filters):
        cells[_cell(room, side)].append(room)
    return [_cluster(cells[cell]) for cell in sorted(cells)]


def _cell(room: Room, side: float) -> tuple[int, int]:
    """Return row and column; the north pole has no row of its own."""
    row = floor((room.latitude + 90) / side)
    return min(row, last_row(side)), floor((_turned(room) + 180) / side)


def last_row(side: float) -> int:
    """Return the number of the row that ends at the north pole."""
    return max(round(180 / side), 1) - 1


def _cluster(rooms: list[Room]) -> Cluster:
    return Cluster(
        count=len(rooms),
        price=min(room.price for room in rooms),
        longitude=fsum(map(_turned, rooms)) / len(rooms),
        latitude=fsum(room.latitude for room in rooms) / len(rooms),
    )


def _turned(room: Room) -> float:
    """Return the longitude, with the antimeridian under one of its two numbers."""
    return -180.0 if room.longitude == 180 else room.longitude
