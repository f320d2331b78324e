"""Paths of the benchmarks' workloads."""

import re
from math import sqrt
from urllib.parse import quote

from rentomatic.domain.query import DEFAULT_LIMIT
from tests.e2e.stack import ask
from tools.bench.databases import CITIES, FIRST_CITY, SPREAD, code

PAGE_NUMBER = 1000
BLOCK_ROOMS = 1.5 * DEFAULT_LIMIT
NEXT = re.compile(r'<([^>]*)>; rel="next"')


def paths(port: int, rooms: int, deep_limit: int) -> dict[str, str]:
    """Return paths by name of the workload.

    The product, with this number of rooms, must run on `port`, since cursors come from it.
    """
    return {
        "first": "/rooms",
        "page": "/rooms?filter_price__gt=48&filter_price__lt=66",
        "one": f"/rooms/{code(1)}",
        "bbox": f"/rooms?bbox={around(FIRST_CITY, SPREAD)}",
        "block": f"/rooms?bbox={around(FIRST_CITY, _half_block_side(rooms))}",
        "near": "/rooms?near_longitude={}&near_latitude={}&sort=distance".format(*FIRST_CITY),
        "deep": f"/rooms?limit={deep_limit}&cursor={_deep_cursor(port, deep_limit)}",
        "facets": f"/rooms/facets?bbox={around(FIRST_CITY, SPREAD)}",
        "clusters": f"/rooms/clusters?bbox={around(FIRST_CITY, SPREAD)}",
    }


def around(point: tuple[float, float], half: float) -> str:
    """Return the value of `bbox` for a square around a point; `half` its side is in degrees."""
    longitude, latitude = point
    edges = (longitude - half, latitude - half, longitude + half, latitude + half)
    return quote(",".join(f"{edge:.6f}" for edge in edges))


def _half_block_side(rooms: int) -> float:
    """Return half the side of a box that contains about BLOCK_ROOMS rooms of the first city.

    The absolute difference of two uniform variables on [0, 1] is less than x with probability
    1 - (1 - x)².
    """
    probability = sqrt(BLOCK_ROOMS / (rooms / CITIES))
    return SPREAD * (1 - sqrt(1 - probability))


def _deep_cursor(port: int, limit: int) -> str:
    """Return the cursor of page PAGE_NUMBER, for pages of `limit` rooms.

    A cursor is valid for any limit, so `limit` pages of PAGE_NUMBER - 1 rooms lead there faster.
    """
    path = f"/rooms?limit={PAGE_NUMBER - 1}"
    for _ in range(limit):
        (path,) = NEXT.findall(ask(port, path).fields["Link"])
    return path.rpartition("cursor=")[2]
