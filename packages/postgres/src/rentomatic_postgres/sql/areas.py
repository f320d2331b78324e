"""Boxes and circles: whether many rooms are in them decides how PostgreSQL is to look for a page.

The planner takes longitude and latitude for independent of each other, and expects next to nothing
in a city. It is told better: where there are few rooms, to read them all by the index of positions
and sort them, and where there are many, to walk along the order until it has met a page of them.
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
from rentomatic_postgres.sql.templates import KEPT, Template, compiled

# How many rooms are few, by what a page is sorted by: a room met on the way costs a look at the
# table, but for the index of prices, which has all of it. The planner is right about the others.
FEW = {"price": 2_000, "size": 10_000, "code": 10_000}


SELECTIVE = (Operator.EQ, Operator.IN)


class Cube(NamedTuple):
    """A cube in space, around all unit vectors of a box on the globe."""

    low: list[float]
    high: list[float]


Range = tuple[float, float]
Area = tuple[Cube, ...]


def areas_of(query: Query) -> tuple[Area, ...]:
    """Return the cubes of every box and circle around the rooms, if the planner needs help.

    How few rooms have a certain value it knows, and finds them without any.
    """
    if any(isinstance(each, Filter) and each.operator in SELECTIVE for each in query.filters):
        return ()
    boxes = (each.box if isinstance(each, Within) else each for each in query.filters)
    return tuple(tuple(map(_cube, box.parts)) for box in boxes if isinstance(box, Box))


def rooms_in(area: Area, few: int) -> tuple[Template, Parameters]:
    """Return the statement that counts the rooms of an area, and stops after a few."""
    return _rooms_in(len(area)), corners((area,)) | {"few": few}


def in_areas(shape: tuple[int, ...]) -> list[ColumnElement[bool]]:
    """Return the conditions for rooms in areas of so many cubes each."""
    return [or_(*(_in_cube(area, cube) for cube in range(n))) for area, n in enumerate(shape)]


@lru_cache(maxsize=KEPT)
def _rooms_in(cubes: int) -> Template:
    one = literal_column("1", Integer).label("one")
    # Each cube by itself: an index is read to the end before several of its parts are united.
    parts = union_all(*(select(one).where(_in_cube(0, cube)) for cube in range(cubes)))
    met = select(parts.subquery().c.one).limit(bindparam("few")).subquery()
    return compiled(select(func.count()).select_from(met))


def _in_cube(area: int, cube: int) -> ColumnElement[bool]:
    ends = (cast(bindparam(f"{end}_{area}_{cube}"), ARRAY(Double)) for end in Cube._fields)
    return POSITION.op("<@", is_comparison=True)(func.cube(*ends))


def corners(areas: tuple[Area, ...]) -> Parameters:
    """Return the corners of every cube, as the parameters of in_areas."""
    return {
        f"{end}_{number}_{place}": corner
        for number, area in enumerate(areas)
        for place, cube in enumerate(area)
        for end, corner in cube._asdict().items()
    }


def _cube(box: Box) -> Cube:
    """Return the cube around the unit vectors of a box that does not cross the antimeridian."""
    meridians, parallels = (box.west, box.east), (box.south, box.north)
    from_axis = _image(cos, parallels, {0: 1})
    ranges = (
        _product(from_axis, _image(cos, meridians, {-180: -1, 0: 1, 180: -1})),
        _product(from_axis, _image(sin, meridians, {-90: -1, 90: 1})),
        _image(sin, parallels, {}),
    )
    return Cube([low - SLACK for low, _ in ranges], [high + SLACK for _, high in ranges])


def _image(function: Callable[[float], float], ends: Range, extremes: dict[int, int]) -> Range:
    """Return between which values a function stays from one number of degrees to another."""
    low, high = ends
    values = [function(radians(end)) for end in ends]
    values += (value for degrees, value in extremes.items() if low <= degrees <= high)
    return min(values), max(values)


def _product(one: Range, other: Range) -> Range:
    products = [a * b for a in one for b in other]
    return min(products), max(products)
