"""The land below the rooms: as paths in the server's map, and as tiles for map.js."""

from math import floor
from typing import NamedTuple

from flask import Response, abort

from rentomatic_web.land.tiles import LEVELS, UNITS, land
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.map.view import WIDTH, View
from rentomatic_web.pages.rendering import bp, permanent

TILE_PIXELS = 256  # the smallest size of a tile, at which its path has more detail than pixels


class LandPaths(NamedTuple):
    """The land in a view: paths with the positions of their tiles, in units of the paths.

    `x`, `y` and `scale` place them in the image.
    """

    x: float
    y: float
    scale: float
    paths: list[tuple[int, int, str]]


def land_in(view: View) -> LandPaths:
    """Return the land in the view, in the coarsest tiles that have its details."""
    level = _level(WIDTH / view.width)
    tiles = 1 << level
    west, north = (view.x - view.width / 2 + 0.5) * tiles, (0.5 - view.y - view.height / 2) * tiles
    east, south = west + view.width * tiles, north + view.height * tiles
    first, top = floor(west), floor(north)
    rows = sorted({min(max(row, 0), tiles - 1) for row in range(top, floor(south) + 1)})
    paths = [
        ((column - first) * UNITS, (row - top) * UNITS, path)
        for row in rows
        for column in range(first, floor(east) + 1)
        if (path := land().path(level, row, column % tiles))
    ]
    size = WIDTH / view.width / tiles
    return LandPaths((first - west) * size, (top - north) * size, size / UNITS, paths)


def _level(pixels: float) -> int:
    """Return the level for a map on which the equator has that length."""
    fitting = [level for level in LEVELS if pixels / (1 << level) >= TILE_PIXELS]
    return fitting[-1] if fitting else LEVELS[0]


def land_url() -> str:
    """Return the beginning of the URLs of tiles."""
    return f"/static/land/{land().version}"


@bp.get("/static/land/<version>/<int:level>/<int:row>/<int:column>.json")
@policy(None)
def land_tile(version: str, level: int, row: int, column: int) -> Response:
    """Return the path of a tile as a JSON string."""
    if version != land().version or level not in LEVELS or max(row, column) >= 1 << level:
        abort(404)
    # A path has no characters that JSON escapes.
    text = f'"{land().path(level, row, column)}"'
    return permanent(Response(text, content_type="application/json"))
