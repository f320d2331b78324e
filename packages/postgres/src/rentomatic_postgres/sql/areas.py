"""Chooses the plan for pages of boxes and circles.

Few rooms in the area: position index, then sort. Many: scan in sort order, unless the first rooms
of the scan are elsewhere. The statement looks at the rooms, because the planner cannot estimate
this: it assumes that longitude, latitude and price are independent.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from rentomatic.domain.conditions import Box, Condition, Filter, FullText, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import DISTANCE, Key, Query
from rentomatic_postgres.sql.conditions import Parameters
from rentomatic_postgres.sql.positions import Position, box, in_box
from rentomatic_postgres.sql.tables import room

# Up to FEW rooms in an area, or two pages, are sorted. More are scanned in sort order if at least
# `hits` of the first `sampled` rooms meet the conditions, or if the scan ends before. With
# 5,000,000 rooms, both plans take a few milliseconds, unless the first hits are far from all
# others.
FEW = 512

# For other sort fields, and if there is such a filter, the planner has good statistics.
SORTS = ("price", "size", "code", DISTANCE)
SELECTIVE = (Operator.EQ, Operator.IN, Operator.UNKNOWN)

# By distance: in larger areas, a filter may be more selective than the position.
MAX_SQUARE_DEGREES = 100

# In metres: PostgreSQL and Python round distances differently.
ROUNDING = 1.0

Area = tuple[Box, ...]  # disjoint boxes that do not cross the antimeridian


def thresholds(limit: int) -> Parameters:
    """Return the values of the parameters that choose the plan."""
    return {"few": max(FEW, 2 * limit), "sampled": 500, "hits": 2}


def area_of(query: Query) -> Area:
    """Return the smallest area among the conditions, or () if the planner needs no help."""
    others = [each for each in query.filters if isinstance(each, Filter | FullText)]
    if query.sort not in SORTS or any(map(_is_selective, others)):
        return ()
    boxes = [each.box if isinstance(each, Within) else each for each in query.filters]
    if query.descending and query.origin and query.after:
        boxes.append(_nearer(query.origin, query.after))
    areas = [each.parts for each in boxes if isinstance(each, Box)]
    area = min(areas, key=_square_degrees, default=())
    is_wide = query.sort == DISTANCE and _square_degrees(area) > MAX_SQUARE_DEGREES
    return () if others and is_wide else area


def _is_selective(condition: Condition) -> bool:
    return isinstance(condition, Filter) and condition.operator in SELECTIVE


def corners(area: Area) -> Parameters:
    """Return the values of the parameters of `rooms_in`."""
    return {
        f"{edge}_{number}": value
        for number, part in enumerate(area)
        for edge, value in part._asdict().items()
    }


def rooms_in(rooms: Select[Any], boxes: int) -> list[Select[Any]]:
    """Restrict rooms to the boxes of an area, if it has any.

    One statement for each box, because a bitmap OR would read all rooms before a limit applies.
    """
    if not boxes:
        return [rooms]
    return [rooms.where(in_box(_box(number))) for number in range(boxes)]


def union(parts: list[Select[Any]]) -> Subquery:
    return (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("found")


def finds_page_soon(boxes: int, first: Select[bool]) -> ColumnElement[bool]:
    """Return whether a scan in sort order finds a page of rooms of the area soon.

    `first` selects, in sort order, whether rooms meet the conditions.
    """
    # AND evaluates its second operand only if the first is true.
    return _once(and_(_has_many_rooms(boxes), _has_hits(first)), "is_soon")


def is_rare(first: Select[bool]) -> ColumnElement[bool]:
    """Return whether few rooms match a text; `first` selects it of rooms in sort order."""
    return _once(not_(_has_hits(first)), "is_rare")


def _once(condition: ColumnElement[bool], name: str) -> ColumnElement[bool]:
    """Return a condition that several parts of a statement use, and that is evaluated once."""
    return select(select(condition.label("value")).cte(name).c.value).scalar_subquery()


def _has_many_rooms(boxes: int) -> ColumnElement[bool]:
    one = literal_column("1", Integer)
    rooms = union(rooms_in(select(one.label("one")).select_from(room), boxes))
    counted = select(rooms).limit(bindparam("few", type_=Integer) + one).subquery("counted")
    return select(func.count() > bindparam("few")).select_from(counted).scalar_subquery()


def _has_hits(first: Select[bool]) -> ColumnElement[bool]:
    sample = first.limit(bindparam("sampled")).subquery("sample")
    hits = func.count().filter(sample.c.hit)
    found = or_(hits >= bindparam("hits"), func.count() < bindparam("sampled"))
    return select(found).select_from(sample).scalar_subquery()


def _nearer(origin: Point, after: Key) -> Box:
    """Return a box around all rooms before the cursor, in the order of distance."""
    longitude, latitude, _code = after
    cursor = Point(float(longitude), float(latitude))
    return Within(origin, origin.distance(cursor) + ROUNDING).box


def _box(number: int) -> ColumnElement[Any]:
    west, south, east, north = (
        cast(bindparam(f"{edge}_{number}"), Double) for edge in Box._fields
    )
    return box(Position(west, south), Position(east, north))


def _square_degrees(area: Area) -> float:
    return sum((part.east - part.west) * (part.north - part.south) for part in area)
