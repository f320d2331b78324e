"""Group rooms by the cells of a grid, for maps with too many rooms to show each.

Cells are squares of 360/2^n degrees, starting at 180 degrees west and the south pole. Their sides
are exact in binary, so that every storage puts a room into the same cell.
"""

from collections import defaultdict
from math import ceil, floor, fsum

from rentomatic.domain.conditions import Box, Filters
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Cluster

MAX_CELLS = 32  # along each side of a box
MAX_POWER = 30  # cells of 360/2^30 degrees have sides of 4 cm


def side_for(box: Box) -> float:
    """Return the side, in degrees, of the smallest cells for which the box spans at most 32."""
    west, south, east, north = box
    east += 360 if west > east else 0
    sides = (360 / (1 << power) for power in range(MAX_POWER, 0, -1))
    for side in sides:
        columns = _count_cells(west + 180, east + 180, side)
        if max(columns, _count_cells(south + 90, north + 90, side)) <= MAX_CELLS:
            return side
    return 360.0


def _count_cells(start: float, end: float, side: float) -> int:
    """Count the cells of one row or column between two angles."""
    return max(ceil(end / side) - floor(start / side), 1)


def clusters_of(rooms: RoomRepository, filters: Filters, side: float) -> list[Cluster]:
    """Compute `RoomRepository.clusters` by one scan."""
    cells: defaultdict[tuple[int, int], list[Room]] = defaultdict(list)
    for room in rooms.scan(filters):
        cells[_cell(room, side)].append(room)
    return [_cluster(cells[cell]) for cell in sorted(cells)]


def _cell(room: Room, side: float) -> tuple[int, int]:
    """Return row and column; the north pole belongs to the last row."""
    row = floor((room.latitude + 90) / side)
    return min(row, last_row(side)), floor((_longitude(room) + 180) / side)


def last_row(side: float) -> int:
    """Return the number of the row that ends at the north pole."""
    return max(round(180 / side), 1) - 1


def _cluster(rooms: list[Room]) -> Cluster:
    return Cluster(
        count=len(rooms),
        price=min(room.price for room in rooms),
        longitude=fsum(map(_longitude, rooms)) / len(rooms),
        latitude=fsum(room.latitude for room in rooms) / len(rooms),
    )


def _longitude(room: Room) -> float:
    """Return the longitude; the antimeridian, which has two, is -180."""
    return -180.0 if room.longitude == 180 else room.longitude
