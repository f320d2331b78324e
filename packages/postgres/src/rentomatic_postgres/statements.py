"""Every statement about rooms; a search is built once for each shape that is asked for."""

import operator
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain
from itertools import count as count_from
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Tuple,
    and_,
    any_,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql

from rentomatic.domain import FIELDS
from rentomatic.query import DEFAULT_SORT, AnyOf, Filter, Filters, Operator, Query
from rentomatic_postgres.tables import room

Parameters = dict[str, Any]


class Comparison(NamedTuple):
    """A filter without its value."""

    field: str
    operator: Operator


# A comparison, or the alternatives of an AnyOf, for each condition.
Shape = tuple[Any, ...]

OPERATORS: dict[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.IN: lambda column, values: column == any_(cast(values, ARRAY(column.type))),
}

# With which operators the beginning of a page bounds its field as well as a filter does.
ASCENDING_BOUNDS = {Operator.GT: operator.gt, Operator.GTE: operator.ge}
DESCENDING_BOUNDS = {Operator.LT: operator.lt, Operator.LTE: operator.le}

# The code is read as text: the domain keeps it so, and no UUID object is made for each row.
COLUMNS = (cast(room.c.code, Text), room.c.size, room.c.price, room.c.longitude, room.c.latitude)

GET = select(*COLUMNS).where(room.c.code == bindparam("wanted"))
ADD = insert(room)
REPLACE = update(room).where(room.c.code == bindparam("wanted"))
REMOVE = delete(room).where(room.c.code == bindparam("wanted"))
REVISIONS: Select[Any] = select(column("version_num")).select_from(table("alembic_version"))


def search(query: Query) -> tuple[Select[Any], Parameters]:
    """Return the statement that finds a page of rooms, and its parameters."""
    filters = tuple(f for f in query.filters if not _is_implied(f, query))
    parameters = values_of(filters) | {"limit": query.limit}
    if query.after is not None:
        value, code = query.after
        parameters |= {f"after_{query.sort}": value, "after_code": code}
    order = (query.sort, query.descending)
    return _search(shape_of(filters), order, query.after is not None), parameters


def scan(filters: Filters) -> tuple[Select[Any], Parameters]:
    """Return the statement that finds every room which meets every filter, and its parameters."""
    return _search(shape_of(filters), (DEFAULT_SORT, False), False).limit(None), values_of(filters)


def count(filters: Filters) -> tuple[Select[Any], Parameters]:
    """Return the statement that counts the rooms which meet every filter, and its parameters."""
    return _count(shape_of(filters)), values_of(filters)


def _is_implied(condition: Filter | AnyOf, query: Query) -> bool:
    """Say whether every room behind the page's beginning meets the condition.

    PostgreSQL would start reading at the condition's bound, and not at the page.
    """
    if isinstance(condition, AnyOf) or query.after is None or condition.field != query.sort:
        return False
    bounds = DESCENDING_BOUNDS if query.descending else ASCENDING_BOUNDS
    implies = bounds.get(condition.operator)
    return implies is not None and bool(implies(query.after[0], condition.value))


@lru_cache(maxsize=1024)
def _search(shape: Shape, order: tuple[str, bool], after: bool) -> Select[Any]:
    sort, descending = order
    key = [room.c[name] for name in dict.fromkeys((sort, "code"))]
    statement = select(*COLUMNS).where(*conditions_of(shape))
    if after:
        place = tuple_(*(cast(bindparam(f"after_{column.name}"), column.type) for column in key))
        statement = statement.where(tuple_(*key) < place if descending else tuple_(*key) > place)
    directed = [column.desc() if descending else column.asc() for column in key]
    return statement.order_by(*directed).limit(bindparam("limit"))


@lru_cache(maxsize=1024)
def _count(shape: Shape) -> Select[Any]:
    return select(func.count()).select_from(room).where(*conditions_of(shape))


def shape_of(filters: Filters) -> Shape:
    """Return what of the filters makes another statement: everything but their values."""
    return tuple(
        tuple(map(shape_of, condition.alternatives))
        if isinstance(condition, AnyOf)
        else Comparison(condition.field, condition.operator)
        for condition in filters
    )


def conditions_of(shape: Shape) -> list[ColumnElement[bool]]:
    return _numbered(shape, count_from(0))


def _numbered(shape: Shape, numbers: Iterator[int]) -> list[ColumnElement[bool]]:
    """Return the conditions, whose values are numbered as _values numbers them."""
    return [
        OPERATORS[part.operator](room.c[part.field], bindparam(f"value_{next(numbers)}"))
        if isinstance(part, Comparison)
        else or_(*(and_(*_numbered(alternative, numbers)) for alternative in part))
        for part in shape
    ]


def values_of(filters: Filters) -> Parameters:
    return {
        f"value_{number}": list(each.value) if isinstance(each.value, tuple) else each.value
        for number, each in enumerate(_flat(filters))
    }


def _flat(filters: Filters) -> Iterator[Filter]:
    for condition in filters:
        if isinstance(condition, AnyOf):
            yield from chain.from_iterable(condition.alternatives)
        else:
            yield condition


def _put() -> Any:
    """Build the upsert of many rooms, which returns for each one made or changed: was it made?"""
    arrays = [cast(bindparam(name), ARRAY(room.c[name].type)) for name in FIELDS]
    sent = func.unnest(*arrays).table_valued(*FIELDS, name="sent").render_derived()
    # Rooms that are there already are left out before the insert: it would draw an id from the
    # sequence for each of them, and daily imports of the same rooms would use up the sequence.
    differing = (
        select(*sent.c)
        .select_from(sent.outerjoin(room, room.c.code == sent.c.code))
        .where(_rest(room.c).is_distinct_from(_rest(sent.c)))
    )
    new = postgresql.insert(room).from_select(list(FIELDS), differing)
    return new.on_conflict_do_update(
        index_elements=[room.c.code],
        set_={name: new.excluded[name] for name in FIELDS if name != "code"},
        where=_rest(room.c).is_distinct_from(_rest(new.excluded)),
    ).returning(literal_column("room.xmax = 0"))


def _rest(columns: Any) -> Tuple:
    """Return the row of everything but the code."""
    return tuple_(*(columns[name] for name in FIELDS if name != "code"))


PUT = _put()
