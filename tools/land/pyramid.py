"""Tiles of the land: rings, cut at the edges of tiles, as paths of SVG."""

from collections.abc import Iterator
from itertools import pairwise, product

from rentomatic_web.land.tiles import ALL_LAND, LEVELS, MARGIN, UNITS
from tools.land.rings import Ring, area, clip, copies, simplify

TOLERANCES = {1: 2.5, 2: 1.75, 3: 1.5, 4: 1.5, 5: 1.5, 7: 2.25}  # units, by level
SMALLEST = 6.0  # square units of an island or a lake
FAR_SOUTH = 3.0  # on the plane: where Antarctica ends on maps that show more than the plane
ALL_CORNERS = {*product((-MARGIN, UNITS + MARGIN), repeat=2)}

Tile = tuple[int, int, int]  # level, row, column
Corner = tuple[int, int]


def tiles_of(rings: list[Ring]) -> dict[Tile, str]:
    """Return the path of each tile that has land."""
    found = {}
    for level in reversed(LEVELS):
        unit = 1 / (UNITS << level)
        rings = [
            simplify(ring, TOLERANCES[level] * unit)
            for ring in rings
            if area(ring) >= SMALLEST * unit * unit
        ]
        world = [copy for ring in rings for copy in copies(ring)]
        for row, column, parts in _divide(level, 0, (0, 0), world):
            path = _path(parts, level, row, column)
            if path:
                found[level, row, column] = path
    return found


def _divide(
    level: int, depth: int, position: Corner, rings: list[Ring]
) -> Iterator[tuple[int, int, list[Ring]]]:
    """Yield the tiles of the level in the tile of that depth, and their rings."""
    row, column = position
    size, margin = 1 / (1 << depth), MARGIN / (UNITS << level)
    is_last = row + 1 == 1 << depth
    for edge in (
        (0, column * size - margin, -1),
        (0, (column + 1) * size + margin, 1),
        (1, row * size - margin, -1),
        (1, FAR_SOUTH if is_last else (row + 1) * size + margin, 1),
    ):
        rings = [part for ring in rings if (part := clip(ring, *edge))]
    if depth == level and rings:
        yield row, column, rings
    elif rings:
        for down, right in product((0, 1), repeat=2):
            yield from _divide(level, depth + 1, (2 * row + down, 2 * column + right), rings)


def _path(rings: list[Ring], level: int, row: int, column: int) -> str:
    """Return the path in units from the upper left corner of the tile."""
    scale, left, top = UNITS << level, column * UNITS, row * UNITS
    shapes = [
        corners
        for ring in rings
        if len(
            corners := _corners(
                [(round(x * scale) - left, round(y * scale) - top) for x, y in ring]
            )
        )
        > 2
    ]
    return ALL_LAND if [{*each} for each in shapes] == [ALL_CORNERS] else _text(shapes)


def _text(shapes: list[list[Corner]]) -> str:
    """Return a path of SVG, in which each position is relative to the one before."""
    text, last = "", (0, 0)
    for corners in shapes:
        steps = ((right - x, below - y) for (x, y), (right, below) in pairwise([last, *corners]))
        text += "m" + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-") + "z"
        last = corners[0]
    return text


def _corners(points: list[Corner]) -> list[Corner]:
    """Return the points of a ring at which its direction changes."""
    found: list[Corner] = []
    for point in points:
        while len(found) > 1 and not _turn(found[-2], found[-1], point):
            found.pop()
        if point not in found[-1:]:
            found.append(point)
    return found[:-1]


def _turn(start: Corner, corner: Corner, end: Corner) -> int:
    (x, y), (left, top), (right, bottom) = start, corner, end
    return (left - x) * (bottom - top) - (top - y) * (right - left)
