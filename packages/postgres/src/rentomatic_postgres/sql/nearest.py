"""Candidates for the nearest rooms.

The position index sorts by degrees in the plane, not by distance. A few more rooms than the limit
usually include all nearest ones, and `reach` proves it.
"""

from math import asin, ceil, cos, pi, radians, sin
from typing import Any

from sqlalchemy import Double, Select, Subquery, bindparam, case, cast, func, select

from rentomatic.domain.globe import EARTH_RADIUS, Point
from rentomatic_postgres.sql.areas import union
from rentomatic_postgres.sql.positions import Position, degrees_apart, position_of

NEAR = Position(*(cast(bindparam(f"near_{name}"), Double) for name in Position._fields))

# Enough candidates in almost all cases if rooms are evenly distributed.
MARGIN = 1.25

# In degrees, about a metre: the index compares coordinates with a tolerance of 1e-6.
SLACK = 1e-5


def number_of_candidates(near: Point, limit: int) -> int:
    """Return a number that is sufficient if rooms are evenly distributed.

    In the plane, a circle on the globe is an ellipse, longer from west to east.
    """
    return ceil(limit * MARGIN / max(cos(radians(near.latitude)), 0.1)) + 1


def select_candidates(parts: list[Select[Any]]) -> Subquery:
    """Select the nearest rooms by degrees, and `span`, the degrees to the last one.

    The span is null if there are no other rooms.
    """
    found = union(parts)
    degrees = degrees_apart(position_of(found.c), NEAR).label("degrees")
    nearest = select(found, degrees).order_by(degrees).limit(bindparam("candidates")).subquery()
    is_full = func.count().over() == bindparam("candidates")
    span = case((is_full, func.max(nearest.c.degrees).over()))
    return select(nearest, span.label("span")).subquery("candidates")


def reach(near: Point, span: float) -> float:
    """Return a distance in metres within which all rooms are less than `span` degrees away.

    A path that leaves a circle in the plane is at least as long as one towards the pole, because
    meridians converge. A path across the antimeridian is at least as long as one to it.
    """
    latitude, to_antimeridian = radians(abs(near.latitude)), radians(180 - abs(near.longitude))
    edge = min(latitude + radians(max(span - SLACK, 0)), pi / 2)
    across = asin(cos(latitude) * sin(min(to_antimeridian, pi / 2)))
    return EARTH_RADIUS * min(sin(edge) - sin(latitude), across)
