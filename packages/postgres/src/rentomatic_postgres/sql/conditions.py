"""Conditions as SQL: the shape determines the text, the values are parameters."""

import operator
from collections.abc import Callable, Iterator
from itertools import chain, count
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from rentomatic.domain.conditions import Box, Condition, Filters, FullText, Within
from rentomatic.domain.globe import chord
from rentomatic.domain.operators import Operator
from rentomatic_postgres.sql.positions import POSITION, Position, squared_chord
from rentomatic_postgres.sql.rows import tsquery
from rentomatic_postgres.sql.tables import EXPRESSIONS, room

Parameters = dict[str, Any]

# A Comparison, a Circle, a Matching, or a Box's alternatives for each condition; hashable.
Shape = tuple[Any, ...]

OPERATORS: dict[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.IN: lambda column, values: column == any_(cast(values, ARRAY(column.type))),
    Operator.ALL: lambda column, values: column.op("?&")(cast(values, ARRAY(Text))),
    Operator.ANY: lambda column, values: column.op("?|")(cast(values, ARRAY(Text))),
    # Also for rooms without a value.
    Operator.NONE: lambda column, values: column.op("?|")(cast(values, ARRAY(Text))).is_not(
        true()
    ),
    Operator.UNKNOWN: lambda column, _: column.is_(None),
}


class Comparison(NamedTuple):
    """A filter without its value."""

    field: str
    operator: Operator


class Matching(NamedTuple):
    """A FullText without its words."""


class Circle(NamedTuple):
    """A Within without its values, and the shape of its bounding box.

    The box is for the planner, which has statistics of longitude and latitude, but not of
    distances.
    """

    box: Any


def parameterize(filters: Filters) -> tuple[Shape, Parameters]:
    """Split conditions into their shape and their values."""
    parameters = {
        f"value_{number}": list(value) if isinstance(value, tuple) else value
        for number, value in enumerate(chain.from_iterable(map(_values, filters)))
    }
    return tuple(map(_shape, filters)), parameters


def where(shape: Shape, index_areas: bool = True) -> list[ColumnElement[bool]]:
    """Return the SQL conditions of a shape, with a parameter for each value.

    Without `index_areas`, boxes and circles only filter; no index is used for them.
    """
    numbers = count()
    conditions = [_condition(part, numbers) for part in shape]
    if index_areas:
        return conditions
    pairs = zip(shape, conditions, strict=True)
    indexed = (Comparison, Matching)
    return [each if isinstance(part, indexed) else _unindexable(each) for part, each in pairs]


def column_of(field: str) -> Any:
    """Return the column or the expression of a field."""
    return EXPRESSIONS[field] if field in EXPRESSIONS else room.c[field]


def matches(query: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition for rooms whose words match the text of a tsquery."""
    return room.c.words.bool_op("@@")(cast(query, TSQUERY))


def _unindexable(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    # In a CASE no index matches, and the planner assumes a selectivity of one half.
    return case((condition, true()), else_=false())


def _shape(condition: Condition) -> Any:
    if isinstance(condition, Within):
        return Circle(_shape(condition.box))
    if isinstance(condition, FullText):
        return Matching()
    if isinstance(condition, Box):
        return tuple(tuple(map(_shape, filters)) for filters in condition.alternatives())
    return Comparison(condition.field, condition.operator)


def _values(condition: Condition) -> Iterator[Any]:
    """Yield the values in the order of the parameters in _condition."""
    if isinstance(condition, Within):
        yield from (*condition.point, chord(condition.metres) ** 2)
        yield from _values(condition.box)
    elif isinstance(condition, Box):
        yield from (each.value for filters in condition.alternatives() for each in filters)
    elif isinstance(condition, FullText):
        yield tsquery(condition)
    else:
        yield condition.value


def _condition(part: Any, numbers: Iterator[int]) -> ColumnElement[bool]:
    if isinstance(part, Comparison):
        value: Any = bindparam(f"value_{next(numbers)}")
        return OPERATORS[part.operator](column_of(part.field), value)
    if isinstance(part, Matching):
        return matches(bindparam(f"value_{next(numbers)}"))
    if isinstance(part, Circle):
        return _in_circle(part, numbers)
    alternatives = (and_(*(_condition(each, numbers) for each in filters)) for filters in part)
    return or_(*alternatives)


def _in_circle(circle: Circle, numbers: Iterator[int]) -> ColumnElement[bool]:
    longitude, latitude, radius = (
        cast(bindparam(f"value_{next(numbers)}"), Double) for _ in range(3)
    )
    in_box = _condition(circle.box, numbers)
    return and_(in_box, squared_chord(POSITION, Position(longitude, latitude)) <= radius)
