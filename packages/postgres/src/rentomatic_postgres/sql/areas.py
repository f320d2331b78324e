"""Chooses the plan for boxes and circles.

Few rooms: position index, then sort. Many: scan in sort order. The planner cannot estimate this,
because it assumes that longitude and latitude are independent.
"""

from collections.abc import Callable
from functools import lru_cache
from math import cos, radians, sin
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    Integer,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from rentomatic.domain.conditions import Box, Filter, Operator, Within
from rentomatic.domain.query import Query
from rentomatic_postgres.sql.conditions import POSITION, SLACK, Parameters
from rentomatic_postgres.sql.templates import CACHE_SIZE, Template, compile_template

# Below this number of rooms in an area, sorting them is faster than a scan in sort order. The
# number for price is lower, because that scan is index-only. For other sort fields, the planner
# is right.
MAX_SORTED_ROOMS = {"price": 2_000, "size": 10_000, "code": 10_000}

# The planner has good statistics for these, and needs no help.
SELECTIVE = (Operator.EQ, Operator.IN)


class Cube(NamedTuple):
    """An axis-aligned cube around all unit vectors of a box on the globe."""

    low: list[float]
    high: list[float]


Range = tuple[float, float]
Area = tuple[Cube, ...]


def areas_of(query: Query) -> tuple[Area, ...]:
    """Return the cubes of each box and circle, or none if a filter is selective."""
    if any(isinstance(each, Filter) and each.operator in SELECTIVE for each in query.filters):
        return ()
    boxes = (each.box if isinstance(each, Within) else each for each in query.filters)
    return tuple(tuple(map(_cube, box.parts)) for box in boxes if isinstance(box, Box))


def count_rooms(area: Area, limit: int) -> tuple[Template, Parameters]:
    """Build the statement that counts the rooms of an area up to a limit."""
    return _count_rooms(len(area)), corners((area,)) | {"limit": limit}


def in_areas(shape: tuple[int, ...]) -> list[ColumnElement[bool]]:
    """Return a condition for each area; `shape` has the number of cubes of each."""
    return [or_(*(_in_cube(area, cube) for cube in range(n))) for area, n in enumerate(shape)]


@lru_cache(maxsize=CACHE_SIZE)
def _count_rooms(cubes: int) -> Template:
    one = literal_column("1", Integer).label("one")
    # UNION ALL of the cubes: a bitmap OR would read all of them before the limit applies.
    parts = union_all(*(select(one).where(_in_cube(0, cube)) for cube in range(cubes)))
    rooms = select(parts.subquery().c.one).limit(bindparam("limit")).subquery()
    return compile_template(select(func.count()).select_from(rooms))


def _in_cube(area: int, cube: int) -> ColumnElement[bool]:
    ends = (cast(bindparam(f"{end}_{area}_{cube}"), ARRAY(Double)) for end in Cube._fields)
    return POSITION.op("<@", is_comparison=True)(func.cube(*ends))


def corners(areas: tuple[Area, ...]) -> Parameters:
    return {
        f"{end}_{number}_{index}": corner
        for number, area in enumerate(areas)
        for index, cube in enumerate(area)
        for end, corner in cube._asdict().items()
    }


def _cube(box: Box) -> Cube:
    """Return the cube of a box that does not cross the antimeridian."""
    meridians, parallels = (box.west, box.east), (box.south, box.north)
    cos_latitude = _range(cos, parallels, {0: 1})
    ranges = (
        _product(cos_latitude, _range(cos, meridians, {-180: -1, 0: 1, 180: -1})),
        _product(cos_latitude, _range(sin, meridians, {-90: -1, 90: 1})),
        _range(sin, parallels, {}),
    )
    return Cube([low - SLACK for low, _ in ranges], [high + SLACK for _, high in ranges])


def _range(function: Callable[[float], float], ends: Range, extremes: dict[int, int]) -> Range:
    """Return the range of a function between two angles; `extremes` is by angle, in degrees."""
    low, high = ends
    values = [function(radians(end)) for end in ends]
    values += (value for degrees, value in extremes.items() if low <= degrees <= high)
    return min(values), max(values)


def _product(one: Range, other: Range) -> Range:
    products = [a * b for a in one for b in other]
    return min(products), max(products)
