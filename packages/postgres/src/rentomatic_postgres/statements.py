"""Every statement about rooms; a search is built once for each shape that is asked for."""

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Tuple,
    any_,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql

from rentomatic.domain import FIELDS
from rentomatic.query import Filter, Operator, Query
from rentomatic_postgres.tables import room

Shape = tuple[tuple[str, Operator], ...]
Parameters = dict[str, Any]

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
    parameters = _values(filters) | {"limit": query.limit}
    if query.after is not None:
        value, code = query.after
        parameters |= {f"after_{query.sort}": value, "after_code": code}
    order = (query.sort, query.descending)
    return _search(_shape(filters), order, query.after is not None), parameters


def count(filters: tuple[Filter, ...]) -> tuple[Select[Any], Parameters]:
    """Return the statement that counts the rooms which meet every filter, and its parameters."""
    return _count(_shape(filters)), _values(filters)


def _is_implied(condition: Filter, query: Query) -> bool:
    """Say whether every room behind the page's beginning meets the condition.

    PostgreSQL would start reading at the condition's bound, and not at the page.
    """
    if query.after is None or condition.field != query.sort:
        return False
    bounds = DESCENDING_BOUNDS if query.descending else ASCENDING_BOUNDS
    implies = bounds.get(condition.operator)
    return implies is not None and bool(implies(query.after[0], condition.value))


@lru_cache(maxsize=1024)
def _search(shape: Shape, order: tuple[str, bool], after: bool) -> Select[Any]:
    sort, descending = order
    key = [room.c[name] for name in dict.fromkeys((sort, "code"))]
    statement = select(*COLUMNS).where(*_conditions(shape))
    if after:
        place = tuple_(*(cast(bindparam(f"after_{column.name}"), column.type) for column in key))
        statement = statement.where(tuple_(*key) < place if descending else tuple_(*key) > place)
    directed = [column.desc() if descending else column.asc() for column in key]
    return statement.order_by(*directed).limit(bindparam("limit"))


@lru_cache(maxsize=1024)
def _count(shape: Shape) -> Select[Any]:
    return select(func.count()).select_from(room).where(*_conditions(shape))


def _shape(filters: tuple[Filter, ...]) -> Shape:
    return tuple((condition.field, condition.operator) for condition in filters)


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    return [
        OPERATORS[operator](room.c[field], bindparam(f"value_{number}"))
        for number, (field, operator) in enumerate(shape)
    ]


def _values(filters: tuple[Filter, ...]) -> Parameters:
    return {
        f"value_{number}": list(condition.value)
        if isinstance(condition.value, tuple)
        else condition.value
        for number, condition in enumerate(filters)
    }


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
