"""Statements for rooms; searches and counts are cached by their shape."""

import operator
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    insert,
    not_,
    select,
    table,
    text,
    true,
    tuple_,
    update,
)

from rentomatic.domain.conditions import Condition, Filter, Filters
from rentomatic.domain.globe import Point
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import DEFAULT_SORT, DISTANCE, RELEVANCE, Query
from rentomatic.domain.room import REQUIRED, TIMES
from rentomatic_postgres.sql.areas import (
    area_of,
    corners,
    finds_page_soon,
    is_rare,
    rooms_in,
    thresholds,
    union,
)
from rentomatic_postgres.sql.conditions import (
    Comparison,
    Matching,
    Parameters,
    Shape,
    matches,
    parameterize,
    where,
)
from rentomatic_postgres.sql.nearest import NEAR, number_of_candidates, select_candidates
from rentomatic_postgres.sql.positions import position_of, squared_chord
from rentomatic_postgres.sql.rows import COLUMNS, VALUES, prefix
from rentomatic_postgres.sql.tables import room
from rentomatic_postgres.sql.templates import CACHE_SIZE, Template, compile_template
from rentomatic_postgres.sql.withdrawn import REMEMBERED_COLUMNS, remember

# Scores of words by label, except the lowest.
SCORES = {"A": 4, "B": 2}

# Operators whose filter is redundant once the cursor bounds the same field.
ASCENDING_BOUNDS = {Operator.GT: operator.gt, Operator.GTE: operator.ge}
DESCENDING_BOUNDS = {Operator.LT: operator.lt, Operator.LTE: operator.le}

BOUNDS = ASCENDING_BOUNDS.keys() | DESCENDING_BOUNDS.keys()

# The values of the cursor.
AFTER: dict[str, Any] = {
    name: cast(bindparam(f"after_{name}"), room.c[name].type) for name in (*REQUIRED, *TIMES)
} | {RELEVANCE: cast(bindparam(f"after_{RELEVANCE}"), Integer)}

# Optimistic locking: the room has not changed since it was read.
NEW: dict[str, Any] = {name: bindparam(name) for name in COLUMNS}
IS_UNCHANGED = [room.c.code == bindparam("old_code")] + [
    room.c[name].is_not_distinct_from(cast(bindparam(f"old_{name}"), room.c[name].type))
    for name in VALUES
    if name != "code"
]

_FULL = room.alias("full")


def _members(rooms: Any, details: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return the columns of a domain room.

    The code is selected as text, as in the domain, without a UUID object per row.
    """
    required = (cast(rooms[name], Text) if name == "code" else rooms[name] for name in REQUIRED)
    return [*required, details]


def _details_of(rooms: Any) -> ColumnElement[Any]:
    """Look up the details of rooms that have some: indexes do not contain them."""
    details = select(_FULL.c.details).where(_FULL.c.code == rooms["code"]).scalar_subquery()
    return case((rooms["has_details"], details))


GET = compile_template(
    select(*_members(room.c, room.c.details), *(room.c[name] for name in TIMES)).where(
        room.c.code == bindparam("code")
    ),
    prepared=True,
)
ADD = compile_template(insert(room).values(NEW), prepared=True)
REPLACE = compile_template(
    update(room).where(*IS_UNCHANGED).values(NEW | {"updated": func.clock_timestamp()})
)
REMOVE = compile_template(
    remember(delete(room).where(*IS_UNCHANGED).returning(*REMEMBERED_COLUMNS).cte("gone"))
)
REVISIONS = compile_template(select(column("version_num")).select_from(table("alembic_version")))
LOCK = text("LOCK TABLE room IN ACCESS SHARE MODE")

Statement = tuple[Template, Parameters]


class Order(NamedTuple):
    """The shape of a query, apart from its filters."""

    sort: str
    descending: bool = False
    has_cursor: bool = False
    boxes: int = 0  # of the area
    words: int = 0  # for the relevance


def search(query: Query) -> Statement:
    """Build the statement for a page of rooms."""
    shape, order, parameters = _parameterize(query)
    return _search(shape, order), parameters


def search_candidates(query: Query, near: Point) -> Statement:
    """Build the statement for a page of the candidates in `nearest.py`.

    After the members of the room, rows have the span of the candidates.
    """
    shape, order, parameters = _parameterize(query)
    parameters["candidates"] = number_of_candidates(near, query.limit)
    return _search_candidates(shape, order), parameters


def scan(filters: Filters) -> tuple[Select[*tuple[Any, ...]], Parameters]:
    """Build the statement for every room that meets every condition."""
    shape, parameters = parameterize(filters)
    order = Order(DEFAULT_SORT)
    return _sorted(room.c, order).where(*_conditions(shape, order)), parameters


def count(filters: Filters) -> Statement:
    """Build the statement that counts the rooms that meet every condition."""
    shape, parameters = parameterize(filters)
    return _count(shape), parameters


def _parameterize(query: Query) -> tuple[Shape, Order, Parameters]:
    filters = tuple(f for f in query.filters if not _is_implied(f, query))
    shape, parameters = parameterize(filters)
    area = area_of(query)
    parameters |= {"limit": query.limit} | thresholds(query.limit) | corners(area)
    if query.origin:
        parameters |= {f"near_{name}": value for name, value in query.origin._asdict().items()}
    for name, value in zip(query.key_fields, query.after or (), strict=False):
        parameters[f"after_{name}"] = value
    words = query.words if query.sort == RELEVANCE else ()
    for number, word in enumerate(words):
        parameters |= {f"word_{number}_{label}": prefix(word, label) for label in SCORES}
    order = Order(query.sort, query.descending, query.after is not None, len(area), len(words))
    return shape, order, parameters


def _is_implied(condition: Condition, query: Query) -> bool:
    """Return whether every room after the cursor meets the condition.

    With a redundant filter, PostgreSQL would start the index scan at the filter's bound instead of
    the cursor.
    """
    if not isinstance(condition, Filter) or query.after is None or condition.field != query.sort:
        return False
    bounds = DESCENDING_BOUNDS if query.descending else ASCENDING_BOUNDS
    implies = bounds.get(condition.operator)
    value: Any = condition.value
    return implies is not None and bool(implies(query.after[0], value))


@lru_cache(maxsize=CACHE_SIZE)
def _search(shape: Shape, order: Order) -> Template:
    if order.boxes:
        page = _sorted(union(_parts(shape, order)).c, order)
    else:
        page = _sorted(room.c, order).where(*_conditions(shape, order))
    return _compile_page(page, shape, order)


@lru_cache(maxsize=CACHE_SIZE)
def _search_candidates(shape: Shape, order: Order) -> Template:
    rooms = _rooms(order).where(*_conditions(shape, order))
    candidates = select_candidates(rooms_in(rooms, order.boxes)).c
    page = _sorted(candidates, order).add_columns(candidates.span)
    return _compile_page(page, shape, order)


@lru_cache(maxsize=CACHE_SIZE)
def _count(shape: Shape) -> Template:
    return compile_template(select(func.count()).select_from(room).where(*where(shape)))


def _compile_page(page: Select[Any], shape: Shape, order: Order) -> Template:
    return compile_template(page.limit(bindparam("limit")), _has_one_plan(shape, order))


def _has_one_plan(shape: Shape, order: Order) -> bool:
    """Return whether one plan is good for all values: there is at most a box, or a circle.

    Bounds of the sort field are part of the scan in sort order.
    """
    fields = [part for part in shape if isinstance(part, Comparison)]
    are_bounds = all(part.field == order.sort and part.operator in BOUNDS for part in fields)
    has_one_box = len(shape) - len(fields) == order.boxes <= 1
    return are_bounds and has_one_box and order.sort in (DEFAULT_SORT, DISTANCE)


def _rooms(order: Order) -> Select[Any]:
    """Select the columns that `_sorted` needs."""
    names = (*REQUIRED, "has_details", *(TIMES if order.sort in TIMES else ()))
    return select(*(room.c[name] for name in names))


def _parts(shape: Shape, order: Order) -> list[Select[Any]]:
    """Return statements whose rooms, together, contain the page."""
    rooms = _rooms(order).where(*_conditions(shape, order))
    parts = rooms_in(rooms, order.boxes)
    if order.sort == DISTANCE:
        return parts
    is_soon = finds_page_soon(order.boxes, _hits(shape, order))
    scan = rooms.where(is_soon).order_by(*_directed(room.c, order)).limit(bindparam("limit"))
    if any(isinstance(part, Matching) for part in shape):
        # The planner estimates that any word is more frequent than rooms in any box.
        by_words = is_rare(_hits(shape, order, (Matching,)))
        parts = [rooms.where(by_words), *(part.where(not_(by_words)) for part in parts)]
    return [scan, *(part.where(not_(is_soon)) for part in parts)]


def _hits(shape: Shape, order: Order, kinds: tuple[type, ...] = (tuple,)) -> Select[bool]:
    """Select, in sort order, whether rooms meet the conditions of these kinds on other fields."""
    bounds: list[ColumnElement[bool]] = []
    others: list[ColumnElement[bool]] = [true()]
    for part, condition in zip(shape, where(shape, index_areas=False), strict=True):
        if isinstance(part, Comparison) and part.field == order.sort:
            bounds.append(condition)
        elif isinstance(part, kinds):
            others.append(condition)
    hits = select(and_(*others).label("hit")).where(*bounds, *_after_cursor(order))
    return hits.order_by(*_directed(room.c, order))


def _conditions(shape: Shape, order: Order) -> list[ColumnElement[bool]]:
    return [*where(shape, index_areas=not order.boxes), *_after_cursor(order)]


def _after_cursor(order: Order) -> list[ColumnElement[bool]]:
    if not order.has_cursor:
        return []
    key, cursor = tuple_(*_sort_key(room.c, order)), tuple_(*_sort_key(AFTER, order))
    return [key < cursor if order.descending else key > cursor]


def _sorted(rooms: Any, order: Order) -> Select[Any]:
    times = [rooms[name] for name in TIMES] if order.sort in TIMES else []
    members = _members(rooms, _details_of(rooms))
    return select(*members, *times).order_by(*_directed(rooms, order))


def _directed(rooms: Any, order: Order) -> list[ColumnElement[Any]]:
    key = _sort_key(rooms, order)
    return [each.desc() if order.descending else each.asc() for each in key]


def _sort_key(values: Any, order: Order) -> list[ColumnElement[Any]]:
    """Return the sort key of rooms or of the cursor (`AFTER`)."""
    if order.sort == DISTANCE:
        return [squared_chord(position_of(values), NEAR), values["code"]]
    if order.sort == RELEVANCE:
        return [values[RELEVANCE] if values is AFTER else _relevance(order.words), values["code"]]
    return [values[name] for name in dict.fromkeys((order.sort, "code"))]


def _relevance(words: int) -> ColumnElement[int]:
    """Return the negated relevance of rooms that match all words; see `relevance`."""
    scores = (
        case(
            *(
                (matches(bindparam(f"word_{number}_{label}")), score)
                for label, score in SCORES.items()
            ),
            else_=1,
        )
        for number in range(words)
    )
    return -reduce(operator.add, scores)
