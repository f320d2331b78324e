"""Statements for rooms; searches and counts are cached by their shape."""

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
    distance,
    in_cube,
    parameterize,
    where,
)
from rentomatic_postgres.sql.tables import room, unit_vector
from rentomatic_postgres.sql.templates import CACHE_SIZE, Template, compile_template

# Operators whose filter is redundant once the cursor bounds the same field.
ASCENDING_BOUNDS = {Operator.GT: operator.gt, Operator.GTE: operator.ge}
DESCENDING_BOUNDS = {Operator.LT: operator.lt, Operator.LTE: operator.le}

# The code is selected as text, as in the domain, without a UUID object per row.
COLUMNS = tuple(cast(room.c[name], Text) if name == "code" else room.c[name] for name in FIELDS)

# The reference point of distances, and the values of the cursor.
NEAR = unit_vector(
    cast(bindparam("near_longitude"), Double), cast(bindparam("near_latitude"), Double)
)
AFTER = {name: cast(bindparam(f"after_{name}"), room.c[name].type) for name in FIELDS}

# Optimistic locking: the room has not changed since it was read.
NEW: dict[str, Any] = {name: bindparam(name) for name in FIELDS}
IS_UNCHANGED = [room.c[name] == bindparam(f"old_{name}") for name in FIELDS]

GET = compile_template(select(*COLUMNS).where(room.c.code == bindparam("code")), prepared=True)
ADD = compile_template(insert(room).values(NEW), prepared=True)
REPLACE = compile_template(update(room).where(*IS_UNCHANGED).values(NEW))
REMOVE = compile_template(delete(room).where(*IS_UNCHANGED))
REVISIONS = compile_template(select(column("version_num")).select_from(table("alembic_version")))
LOCK = text("LOCK TABLE room IN ACCESS SHARE MODE")

Statement = tuple[Template, Parameters]


class Order(NamedTuple):
    """The shape of a query, apart from its filters."""

    sort: str
    descending: bool = False
    has_cursor: bool = False
    in_sort_order: bool = False
    areas: tuple[int, ...] = ()


def search(query: Query, areas: tuple[Area, ...] = (), in_sort_order: bool = False) -> Statement:
    """Build the statement for a page of rooms.

    `areas` and `in_sort_order` choose the plan, see `areas.py`; without them the planner does.
    """
    filters = tuple(f for f in query.filters if not _is_implied(f, query))
    parameters: Parameters = {"limit": query.limit}
    if query.origin:
        parameters |= {f"near_{name}": value for name, value in query.origin._asdict().items()}
    if query.origin and not query.descending:
        filters, parameters["radius"] = _split_circles(query.origin, filters)
    for name, value in zip(query.key_fields, query.after or (), strict=False):
        parameters[f"after_{name}"] = value
    has_cursor, cubes = query.after is not None, tuple(map(len, areas))
    order = Order(query.sort, query.descending, has_cursor, in_sort_order, cubes)
    shape, values = parameterize(filters)
    return _search(shape, order), parameters | values | corners(areas)


def scan(filters: Filters) -> tuple[Select[*tuple[Any, ...]], Parameters]:
    """Build the statement for every room that meets every condition."""
    shape, parameters = parameterize(filters)
    return _rooms(shape, Order(DEFAULT_SORT)).limit(None), parameters


def count(filters: Filters) -> Statement:
    """Build the statement that counts the rooms that meet every condition."""
    shape, parameters = parameterize(filters)
    return _count(shape), parameters


def _is_implied(condition: Condition, query: Query) -> bool:
    """Return whether every room after the cursor meets the condition.

    With a redundant filter, PostgreSQL would start the index scan at the filter's bound instead of
    the cursor.
    """
    if not isinstance(condition, Filter) or query.after is None or condition.field != query.sort:
        return False
    bounds = DESCENDING_BOUNDS if query.descending else ASCENDING_BOUNDS
    implies = bounds.get(condition.operator)
    return implies is not None and bool(implies(query.after[0], condition.value))


def _split_circles(origin: Point, filters: Filters) -> tuple[Filters, float]:
    """Separate the circles around a point; return the other conditions and the smallest chord."""
    circles = [f for f in filters if isinstance(f, Within) and f.point == origin]
    radius = min((circle.metres for circle in circles), default=inf)
    return tuple(f for f in filters if f not in circles), chord(radius)


@lru_cache(maxsize=CACHE_SIZE)
def _search(shape: Shape, order: Order) -> Template:
    return compile_template(_rooms(shape, order))


def _rooms(shape: Shape, order: Order) -> Select[Any]:
    rooms = select(*COLUMNS).where(*where(shape, order.in_sort_order), *in_areas(order.areas))
    if order.has_cursor:
        rooms = rooms.where(*_after_cursor(order))
    key = _sort_key(order, room.c)
    if order.sort == DISTANCE and not order.descending:
        return _nearest(rooms, *key)
    directed = [each.desc() if order.descending else each.asc() for each in key]
    return rooms.order_by(*directed).limit(bindparam("limit"))


def _after_cursor(order: Order) -> list[ColumnElement[bool]]:
    key, cursor = _sort_key(order, room.c), _sort_key(order, AFTER)
    if not order.descending:
        return [tuple_(*key) > tuple_(*cursor)]
    nearer = [in_cube(NEAR, cursor[0])] if order.sort == DISTANCE else []
    return [*nearer, tuple_(*key) < tuple_(*cursor)]


def _nearest(
    rooms: Select[Any], far: ColumnElement[float], code: ColumnElement[str]
) -> Select[Any]:
    """Select the nearest rooms within the radius.

    The position index does not order by code, so rows are fetched with ties and sorted again. The
    radius is applied to the result: rooms inside it come first anyway.
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


def _sort_key(order: Order, values: Any) -> list[ColumnElement[Any]]:
    """Return the sort key of rooms (`room.c`) or of the cursor (`AFTER`)."""
    if order.sort == DISTANCE:
        vector = unit_vector(values["longitude"], values["latitude"])
        return [distance(vector, NEAR), values["code"]]
    return [values[name] for name in dict.fromkeys((order.sort, "code"))]


@lru_cache(maxsize=CACHE_SIZE)
def _count(shape: Shape) -> Template:
    return compile_template(select(func.count()).select_from(room).where(*where(shape)))
