"""Points on the globe, and how far apart they are."""

from math import asin, cos, dist, pi, radians, sin
from typing import NamedTuple, Protocol

EARTH_RADIUS = 6371008.8  # metres: the mean radius R1 of the IUGG
HALF_WAY_ROUND = pi * EARTH_RADIUS


class Place(Protocol):
    """Whatever has a longitude and a latitude, in degrees, EPSG:4326."""

    @property
    def longitude(self) -> float: ...
    @property
    def latitude(self) -> float: ...


class Point(NamedTuple):
    """A place on the globe, in degrees, EPSG:4326."""

    longitude: float
    latitude: float

    def distance(self, place: Place) -> float:
        """Return the metres to a place along the great circle."""
        straight = dist(unit_vector(self), unit_vector(place))
        return 2 * EARTH_RADIUS * asin(min(straight / 2, 1))


def chord(metres: float) -> float:
    """Return the straight line, in radii of the earth, below so many metres of a great circle.

    No two places are further apart than half way round: from there on it is longer than any.
    """
    return 2 * sin(metres / (2 * EARTH_RADIUS)) if metres < HALF_WAY_ROUND else 3.0


def unit_vector(place: Place) -> tuple[float, float, float]:
    """Return the place on a sphere around the origin; each place has one, whatever it is called.

    Both poles have every longitude, and the antimeridian has two, which must make no difference.
    """
    longitude, latitude = radians(place.longitude), radians(place.latitude)
    from_axis = 0.0 if abs(place.latitude) == 90 else cos(latitude)
    east = 0.0 if abs(place.longitude) == 180 else sin(longitude)
    return from_axis * cos(longitude), from_axis * east, sin(latitude)
