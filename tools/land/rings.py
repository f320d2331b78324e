"""Rings on the plane of Web Mercator: project, simplify and clip them.

The plane is the unit square: x is 0 at the antimeridian, y is 0 at the northern edge. The last
point of a ring is the first.
"""

from itertools import pairwise
from math import atanh, cosh, pi, radians, sin

Ring = list[tuple[float, float]]

SOUTH = -89.0  # degrees: Web Mercator is infinite at the pole
NORTH_LIMIT, SOUTH_LIMIT = 2.0, 8.0  # of the factor of the tolerance towards the poles


def project(ring: Ring) -> Ring:
    """Return a ring of longitudes and latitudes on the plane, without jumps at the antimeridian.

    So its x may be less than 0 or greater than 1. A ring around the South Pole is repeated in the
    west and in the east of the plane, and closed in the south.
    """
    last = ring[0][0]
    x = last / 360 + 0.5
    points = []
    for longitude, latitude in ring:
        x += ((longitude - last + 180) % 360 - 180) / 360
        last = longitude
        points.append((x, _project_latitude(latitude)))
    turns = round(points[-1][0] - points[0][0])
    if not turns:
        return points
    points = [(x + turns * shift, y) for shift in (-1, 0, 1) for x, y in points[:-1]]
    south = _project_latitude(SOUTH)
    return [*points, (points[-1][0], south), (points[0][0], south), points[0]]


def _project_latitude(latitude: float) -> float:
    return 0.5 - atanh(sin(radians(max(latitude, SOUTH)))) / (2 * pi)


def copies(ring: Ring) -> list[Ring]:
    """Return the ring, moved by whole turns of the earth to where it may touch the plane."""
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    turns = (0,) if east - west > 1 else [each for each in (-1, 0, 1) if -0.1 < east + each < 2]
    return [[(x + each, y) for x, y in ring] for each in turns]


def area(ring: Ring) -> float:
    """Return the area, which counts less towards the poles, as the projection enlarges it."""
    twice = sum(x * below - right * y for (x, y), (right, below) in pairwise(ring))
    return abs(twice) / 2 * _weight(ring[0][1])


def simplify(ring: Ring, tolerance: float) -> Ring:
    """Return the ring with fewer points, none farther from it than the tolerance.

    That is the algorithm of Douglas and Peucker, for two parts of the ring. Towards the poles,
    the tolerance grows as the projection does.
    """
    (x, y), end = ring[0], len(ring) - 1
    farthest = max(range(end), key=lambda each: abs(ring[each][0] - x) + abs(ring[each][1] - y))
    weights = [_weight(y) for _, y in ring]
    kept = {0, farthest, end}
    parts = [(0, farthest), (farthest, end)]
    while parts:
        first, last = parts.pop()
        distance, index = _farthest(ring, weights, first, last)
        if distance > tolerance * tolerance:
            kept.add(index)
            parts += [(first, index), (index, last)]
    return [ring[each] for each in sorted(kept)]


def _weight(y: float) -> float:
    scale = cosh(2 * pi * (y - 0.5))  # 1 at the equator, 2 at 60 degrees
    return min(max(scale / 1.5, 1.0), SOUTH_LIMIT if y > 0.5 else NORTH_LIMIT) ** -2


def _farthest(ring: Ring, weights: list[float], first: int, last: int) -> tuple[float, int]:
    """Return the greatest weighted square of a distance from a segment, and that point's index."""
    (left, top), (right, bottom) = ring[first], ring[last]
    across, down = right - left, bottom - top
    square = across * across + down * down or 1.0
    greatest, found = 0.0, first
    for index in range(first + 1, last):
        x, y = ring[index]
        x, y = x - left, y - top
        part = min(max((x * across + y * down) / square, 0.0), 1.0)
        x, y = x - part * across, y - part * down
        distance = (x * x + y * y) * weights[index]
        if distance > greatest:
            greatest, found = distance, index
    return greatest, found


def clip(ring: Ring, axis: int, edge: float, sign: int) -> Ring:
    """Return the part of the ring before an edge, in the direction of the sign; empty if none is.

    That is the algorithm of Sutherland and Hodgman: parts are joined along the edge.
    """
    found: Ring = []
    for point, following in pairwise(ring):
        is_before = point[axis] * sign <= edge * sign
        if is_before:
            found.append(point)
        if is_before != (following[axis] * sign <= edge * sign):
            part = (edge - point[axis]) / (following[axis] - point[axis])
            cross = point[1 - axis] + part * (following[1 - axis] - point[1 - axis])
            found.append((cross, edge) if axis else (edge, cross))
    return [*found, found[0]] if found else []
