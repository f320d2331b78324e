"""Boxes on the globe, as conditions on longitude and latitude (RFC 7946, section 5)."""

from math import asin, cos, degrees, radians, sin
from typing import NamedTuple

from rentomatic.domain.globe import EARTH_RADIUS
from rentomatic.domain.numbers import finite_number
from rentomatic.domain.query import AnyOf, Filter, Operator, Within
from rentomatic.domain.room import FIELDS, checked

SLACK = 1e-8  # degrees: a millimetre, against rounding
EDGES = ("longitude", "latitude", "longitude", "latitude")


class Box(NamedTuple):
    """A box, in degrees; one whose west is greater than its east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def condition(self) -> AnyOf:
        """Return the condition for rooms in the box or on its edge.

        The antimeridian is one line under two numbers, 180 and -180, and each pole is one place
        under all longitudes.
        """
        west, south, east, north = self
        tall = (Filter("latitude", Operator.GTE, south), Filter("latitude", Operator.LTE, north))
        from_west = Filter("longitude", Operator.GTE, west)
        to_east = Filter("longitude", Operator.LTE, east)
        spans: list[tuple[Filter, ...]]
        spans = [(from_west,), (to_east,)] if west > east else [(from_west, to_east)]
        if west <= east and 180 in (-west, east):
            spans += [(Filter("longitude", Operator.IN, (-180.0, 180.0)),)]
        poles = [pole for pole in (-90.0, 90.0) if pole in (south, north)]
        return AnyOf(
            (
                *((*span, *tall) for span in spans),
                *((Filter("latitude", Operator.EQ, pole),) for pole in poles),
            )
        )


def parse_box(text: str) -> Box:
    """Return the box that `west,south,east,north` means, or raise ValueError; all are degrees."""
    texts = text.split(",")
    if len(texts) != len(EDGES):
        raise ValueError("Is not west,south,east,north")
    edges = (checked(FIELDS[n], finite_number(t)) for n, t in zip(EDGES, texts, strict=True))
    box = Box(*map(float, edges))
    if box.south > box.north:
        raise ValueError("Has its south to the north of its north")
    return box


def box_around(circle: Within) -> AnyOf:
    """Return the condition for rooms in the smallest box that holds a circle and a millimetre."""
    radius = degrees(circle.metres / EARTH_RADIUS) + SLACK
    longitude, latitude = circle.point
    south, north = max(latitude - radius, -90.0), min(latitude + radius, 90.0)
    if south == -90 or north == 90:
        return Box(-180.0, south, 180.0, north).condition()
    # Where the meridians touch the circle is nearer to the pole than the point is.
    half = degrees(asin(min(sin(radians(radius)) / cos(radians(latitude)), 1))) + SLACK
    west, east = _turned(longitude - half), _turned(longitude + half)
    return Box(west, south, east, north).condition()


def _turned(longitude: float) -> float:
    """Return a longitude beyond the antimeridian as it is called on the other side."""
    if longitude < -180:
        return longitude + 360
    return longitude - 360 if longitude > 180 else longitude
