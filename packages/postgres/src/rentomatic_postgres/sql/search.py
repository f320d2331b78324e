"""Every statement about rooms; a search is built once for each shape that is asked for."""

import operator
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text,
    tuple_,
    update,
)

from rentomatic.domain.conditions import Condition, Filter, Filters, Operator, Within
from rentomatic.domain.globe import Point, chord
from rentomatic.domain.query import DEFAULT_SORT, DISTANCE, Query
from rentomatic.domain.room import FIELDS
from rentomatic_postgres.sql.areas import Area, corners, in_areas
from rentomatic_postgres.sql.conditions import (
    Parameters,
    Shape,
    conditions_of,
    distance,
    is_around,
    taken_apart,
)
from rentomatic_postgres.sql.tables import room, unit_vector
from rentomatic_postgres.sql.templates import KEPT, Template, compiled

# With which operators the beginning of a page bounds its field as well as a filter does.
ASCENDING_BOUNDS = {Operator.GT: operator.gt, Operator.GTE: operator.ge}
DESCENDING_BOUNDS = {Operator.LT: operator.lt, Operator.LTE: operator.le}

# The code is read as text: the domain keeps it so, and no UUID object is made for each row.
COLUMNS = tuple(cast(room.c[name], Text) if name == "code" else room.c[name] for name in FIELDS)

# The point that distances are from, and the values of the room that a page begins behind.
NEAR = unit_vector(
    cast(bindparam("near_longitude"), Double), cast(bindparam("near_latitude"), Double)
)
AFTER = {name: cast(bindparam(f"after_{name}"), room.c[name].type) for name in FIELDS}

# The conditions for a room that has not changed since it was read.
OLD = [room.c[name] == bindparam(f"old_{name}") for name in FIELDS]

GET = compiled(select(*COLUMNS).where(room.c.code == bindparam("wanted")))
ADD = insert(room)
REPLACE = update(room).where(*OLD)
REMOVE = delete(room).where(*OLD)
REVISIONS: Select[Any] = select(column("version_num")).select_from(table("alembic_version"))
HOLD = text("LOCK TABLE room IN ACCESS SHARE MODE")


Statement = tuple[Template, Parameters]


class Order(NamedTuple):
    """What of a query, beside its filters, makes another statement."""

    sort: str
    descending: bool = False
    behind: bool = False
    walk: bool = False
    areas: tuple[int, ...] = ()


def search(query: Query, areas: tuple[Area, ...] = (), walk: bool = False) -> Statement:
    """Return the statement that finds a page of rooms, and its parameters.

    Rooms are looked for in the areas, or on a walk along the order, or as the planner likes.
    """
    filters = tuple(f for f in query.filters if not _is_implied(f, query))
    parameters: Parameters = {"limit": query.limit}
    if query.origin:
        parameters |= {f"near_{name}": value for name, value in query.origin._asdict().items()}
    if query.origin and not query.descending:
        filters, parameters["radius"] = _around(query.origin, filters)
    for name, value in zip(query.key_fields, query.after or (), strict=False):
        parameters[f"after_{name}"] = value
    order = Order(
        query.sort, query.descending, query.after is not None, walk, tuple(map(len, areas))
    )
    shape, values = taken_apart(filters)
    return _search(shape, order), parameters | values | corners(areas)


def scan(filters: Filters) -> tuple[Select[*tuple[Any, ...]], Parameters]:
    """Return the statement that finds every room which meets every filter, and its parameters."""
    shape, parameters = taken_apart(filters)
    return _rooms(shape, Order(DEFAULT_SORT)).limit(None), parameters


def count(filters: Filters) -> Statement:
    """Return the statement that counts the rooms which meet every filter, and its parameters."""
    shape, parameters = taken_apart(filters)
    return _count(shape), parameters


def _is_implied(condition: Condition, query: Query) -> bool:
    """Say whether every room behind the page's beginning meets the condition.

    PostgreSQL would start reading at the condition's bound, and not at the page.
    """
    if not isinstance(condition, Filter) or query.after is None or condition.field != query.sort:
        return False
    bounds = DESCENDING_BOUNDS if query.descending else ASCENDING_BOUNDS
    implies = bounds.get(condition.operator)
    return implies is not None and bool(implies(query.after[0], condition.value))


def _around(origin: Point, filters: Filters) -> tuple[Filters, float]:
    """Return the conditions but the circles around the point, and the radius of the least."""
    circles = [f for f in filters if isinstance(f, Within) and f.point == origin]
    radius = min((circle.metres for circle in circles), default=inf)
    return tuple(f for f in filters if f not in circles), chord(radius)


@lru_cache(maxsize=KEPT)
def _search(shape: Shape, order: Order) -> Template:
    return compiled(_rooms(shape, order))


def _rooms(shape: Shape, order: Order) -> Select[Any]:
    rooms = select(*COLUMNS).where(*conditions_of(shape, order.walk), *in_areas(order.areas))
    if order.behind:
        rooms = rooms.where(*_behind(order))
    rank = _rank(order, room.c)
    if order.sort == DISTANCE and not order.descending:
        return _nearest(rooms, *rank)
    directed = [each.desc() if order.descending else each.asc() for each in rank]
    return rooms.order_by(*directed).limit(bindparam("limit"))


def _behind(order: Order) -> list[ColumnElement[bool]]:
    """Return the conditions for rooms behind the beginning of the page."""
    rank, place = _rank(order, room.c), _rank(order, AFTER)
    if not order.descending:
        return [tuple_(*rank) > tuple_(*place)]
    nearer = [is_around(NEAR, place[0])] if order.sort == DISTANCE else []
    return [*nearer, tuple_(*rank) < tuple_(*place)]


def _nearest(
    rooms: Select[Any], far: ColumnElement[float], code: ColumnElement[str]
) -> Select[Any]:
    """Return the statement of the first rooms by distance, none of them beyond the radius.

    The index of positions knows no codes: what it yields, with every room as far as the last, is
    sorted again. Rooms within a radius come before all others, so that it costs nothing then.
    """
    found = (
        rooms.add_columns(far.label("far"), code.label("tie"))
        .order_by(far)
        .fetch(bindparam("limit"), with_ties=True)
        .subquery()
    )
    return (
        select(*list(found.c)[: len(COLUMNS)])
        .where(found.c.far <= cast(bindparam("radius"), Double))
        .order_by(found.c.far, found.c.tie)
        .limit(bindparam("limit"))
    )


def _rank(order: Order, values: Any) -> list[ColumnElement[Any]]:
    """Return what rooms, or the beginning of a page, are ordered by."""
    if order.sort == DISTANCE:
        place = unit_vector(values["longitude"], values["latitude"])
        return [distance(place, NEAR), values["code"]]
    return [values[name] for name in dict.fromkeys((order.sort, "code"))]


@lru_cache(maxsize=KEPT)
def _count(shape: Shape) -> Template:
    return compiled(select(func.count()).select_from(room).where(*conditions_of(shape)))
