"""Conditions on rooms: filters on a field, boxes (RFC 7946, section 5) and circles."""

from functools import lru_cache
from math import asin, cos, degrees, nextafter, radians, sin
from typing import NamedTuple

from rentomatic.domain.globe import EARTH_RADIUS, Point
from rentomatic.domain.operators import Operator
from rentomatic.domain.room import Value

SLACK = 1e-8  # degrees, about a millimetre, for rounding errors


class Filter(NamedTuple):
    """A condition on one field; the value of IN, ALL, ANY and NONE is a tuple.

    A room without a value meets no condition on the field, except UNKNOWN and NONE.
    """

    field: str
    operator: Operator
    value: Value | tuple[Value, ...]

    @property
    def parameter(self) -> str:
        """The query parameter that sets this condition."""
        return f"filter_{self.field}__{self.operator}"


class Box(NamedTuple):
    """Rooms inside a box or on its edges, in degrees.

    If `west` is greater than `east`, the box crosses the antimeridian.
    """

    west: float
    south: float
    east: float
    north: float

    @property
    def parameter(self) -> str:
        """The query parameter that sets this condition."""
        return "bbox"

    @property
    def parts(self) -> tuple["Box", ...]:
        """Disjoint boxes with the same rooms, which do not cross the antimeridian.

        See `alternatives` for the antimeridian and the poles.
        """
        spans = [(self.west, self.east)]
        if self.west > self.east:
            spans = [(self.west, 180.0), (-180.0, self.east)]
        elif (self.west, self.east) == (-180, 180):
            return (self,)
        elif 180 in (-self.west, self.east):
            spans += [(180.0, 180.0) if self.west == -180 else (-180.0, -180.0)]
        poles = [pole for pole in (-90.0, 90.0) if pole in (self.south, self.north)]
        south = nextafter(-90.0, 0) if self.south == -90 else self.south
        north = nextafter(90.0, 0) if self.north == 90 else self.north
        parts = [Box(west, south, east, north) for west, east in spans if south <= north]
        return (*parts, *(Box(-180.0, pole, 180.0, pole) for pole in poles))

    @lru_cache(maxsize=256)  # noqa: B019 (keeps small values only; memory asks for each room)
    def alternatives(self) -> tuple[tuple[Filter, ...], ...]:
        """Return lists of filters; a room is in the box if it meets all filters of one list.

        The antimeridian is one line with two longitudes, 180 and -180, and each pole is one place
        with all longitudes.
        """
        south = Filter("latitude", Operator.GTE, self.south)
        north = Filter("latitude", Operator.LTE, self.north)
        from_west = Filter("longitude", Operator.GTE, self.west)
        to_east = Filter("longitude", Operator.LTE, self.east)
        spans: list[tuple[Filter, ...]] = [(from_west, to_east)]
        if self.west > self.east:
            spans = [(from_west,), (to_east,)]
        elif 180 in (-self.west, self.east):
            spans += [(Filter("longitude", Operator.IN, (-180.0, 180.0)),)]
        poles = [pole for pole in (-90.0, 90.0) if pole in (self.south, self.north)]
        return (
            *((*span, south, north) for span in spans),
            *((Filter("latitude", Operator.EQ, pole),) for pole in poles),
        )


class Within(NamedTuple):
    """Rooms at most `metres` away from a point; `parameter` is the one that sets the radius."""

    point: Point
    metres: float
    parameter: str = "within"

    @property
    def box(self) -> Box:
        """The smallest box that contains the circle and a millimetre around it."""
        radius = degrees(self.metres / EARTH_RADIUS) + SLACK
        longitude, latitude = self.point
        south, north = max(latitude - radius, -90.0), min(latitude + radius, 90.0)
        if south == -90 or north == 90:
            return Box(-180.0, south, 180.0, north)
        # The meridians touch the circle nearer to the pole than the point.
        half_width = degrees(asin(min(sin(radians(radius)) / cos(radians(latitude)), 1))) + SLACK
        return Box(
            _normalized(longitude - half_width), south, _normalized(longitude + half_width), north
        )


def _normalized(longitude: float) -> float:
    """Return a longitude between -360 and 360 as one between -180 and 180."""
    if longitude < -180:
        return longitude + 360
    return longitude - 360 if longitude > 180 else longitude


class FullText(NamedTuple):
    """Rooms that have, for each word, a word that begins with it; see `words.py`."""

    words: tuple[str, ...]

    @property
    def parameter(self) -> str:
        """The query parameter that sets this condition."""
        return "q"


Condition = Filter | Box | Within | FullText
Filters = tuple[Condition, ...]


def without_field(filters: Filters, field: str) -> Filters:
    """Return the conditions without the filters on a field."""
    return tuple(f for f in filters if not isinstance(f, Filter) or f.field != field)
