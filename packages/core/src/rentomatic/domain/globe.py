"""Positions on the globe, and distances between them."""

from math import asin, cos, dist, pi, radians, sin
from typing import NamedTuple, Protocol

EARTH_RADIUS = 6371008.8  # metres: the mean radius R1 of the IUGG
HALF_CIRCUMFERENCE = pi * EARTH_RADIUS  # metres: the longest distance


class Position(Protocol):
    """An object with a longitude and a latitude, in degrees (EPSG:4326)."""

    @property
    def longitude(self) -> float: ...
    @property
    def latitude(self) -> float: ...


class Point(NamedTuple):
    """A position in degrees (EPSG:4326)."""

    longitude: float
    latitude: float

    def distance(self, position: Position) -> float:
        """Return the great-circle distance in metres."""
        straight = dist(unit_vector(self), unit_vector(position))
        return 2 * EARTH_RADIUS * asin(min(straight / 2, 1))


def chord(metres: float) -> float:
    """Return the chord on the unit sphere for a great-circle distance in metres.

    Distances over half the circumference map to 3.0, longer than any chord.
    """
    return 2 * sin(metres / (2 * EARTH_RADIUS)) if metres < HALF_CIRCUMFERENCE else 3.0


def unit_vector(position: Position) -> tuple[float, float, float]:
    """Return the position as a point on the unit sphere.

    Each place has exactly one vector, although a pole has every longitude, and the antimeridian
    two.
    """
    longitude, latitude = radians(position.longitude), radians(position.latitude)
    # In radians, cos(90 degrees) and sin(180 degrees) are not exactly 0.
    cos_latitude = 0.0 if abs(position.latitude) == 90 else cos(latitude)
    sin_longitude = 0.0 if abs(position.longitude) == 180 else sin(longitude)
    return cos_latitude * cos(longitude), cos_latitude * sin_longitude, sin(latitude)
