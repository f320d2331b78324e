"""Paths of the benchmarks' workloads."""

import re
from math import sqrt
from urllib.parse import quote

from rentomatic.domain.query import DEFAULT_LIMIT
from tests.e2e.stack import ask
from tools.bench.databases import CITIES, SPREAD, city, code

PAGE_NUMBER = 1000
# Rooms in a box, at any size of the database.
BLOCK_ROOMS, BOX_ROOMS = 1.5 * DEFAULT_LIMIT, 3.5 * DEFAULT_LIMIT
NEXT = re.compile(r'<([^>]*)>; rel="next"')


def paths(port: int, rooms: int, deep_limit: int) -> dict[str, str]:
    """Return paths by name of the workload.

    The product, with this number of rooms, must run on `port`, since cursors come from it.
    """
    center = city(0)
    return {
        "first": "/rooms",
        "page": "/rooms?filter_price__gt=48&filter_price__lt=66",
        "one": f"/rooms/{code(1)}",
        "box": f"/rooms?bbox={box_around(center, half_side(rooms, BOX_ROOMS))}",
        "bbox": f"/rooms?bbox={box_around(center, SPREAD)}",
        "block": f"/rooms?bbox={box_around(center, half_side(rooms, BLOCK_ROOMS))}",
        "near": "/rooms?near_longitude={}&near_latitude={}&sort=distance".format(*center),
        "deep": f"/rooms?limit={deep_limit}&cursor={_deep_cursor(port, deep_limit)}",
        "facets": f"/rooms/facets?bbox={box_around(center, SPREAD)}",
        "clusters": f"/rooms/clusters?bbox={box_around(center, SPREAD)}",
    }


def box_around(center: tuple[float, float], half_side: float) -> str:
    """Return the value of the parameter `bbox` for a square, in degrees."""
    longitude, latitude = center
    edges = (
        *(longitude - half_side, latitude - half_side),
        *(longitude + half_side, latitude + half_side),
    )
    return quote(",".join(f"{edge:.6f}" for edge in edges))


def half_side(rooms: int, in_box: float) -> float:
    """Return half the side of a box around a city's center with about `in_box` rooms, or all.

    The absolute difference of two uniform variables on [0, 1] is less than x with probability
    1 - (1 - x)².
    """
    probability = sqrt(min(1, in_box / (rooms / CITIES)))
    return SPREAD * (1 - sqrt(1 - probability))


def _deep_cursor(port: int, limit: int) -> str:
    """Return the cursor of page PAGE_NUMBER, for pages of `limit` rooms.

    A cursor is valid for any limit, so `limit` pages of PAGE_NUMBER - 1 rooms lead there faster.
    """
    path = f"/rooms?limit={PAGE_NUMBER - 1}"
    for _ in range(limit):
        (path,) = NEXT.findall(ask(port, path).fields["Link"])
    return path.rpartition("cursor=")[2]
