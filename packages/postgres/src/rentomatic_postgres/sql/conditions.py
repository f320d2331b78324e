"""From conditions to SQL: their shape becomes text that is built once, their values parameters."""

import operator
from collections.abc import Callable, Iterator
from itertools import chain, count
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    or_,
    true,
)

from rentomatic.domain.conditions import Box, Condition, Filters, Operator, Within
from rentomatic.domain.globe import chord
from rentomatic_postgres.sql.tables import room, unit_vector

Parameters = dict[str, Any]

# For each condition a Comparison, a Circle, or the alternatives of a Box.
Shape = tuple[Any, ...]

# In radii of the earth, some millimetres: against rounding, where the index looks at a cube.
SLACK = 1e-9

OPERATORS: dict[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.IN: lambda column, values: column == any_(cast(values, ARRAY(column.type))),
}

POSITION = unit_vector(room.c.longitude, room.c.latitude)


class Comparison(NamedTuple):
    """A filter without its value."""

    field: str
    operator: Operator


class Circle(NamedTuple):
    """A Within without its values, and the shape of the box around it.

    The planner knows how many rooms lie between two longitudes, and nothing of the kind about the
    index of positions.
    """

    box: Any


def taken_apart(filters: Filters) -> tuple[Shape, Parameters]:
    """Return what of the conditions makes another statement, and their values."""
    parameters = {
        f"value_{number}": list(value) if isinstance(value, tuple) else value
        for number, value in enumerate(chain.from_iterable(map(_values, filters)))
    }
    return tuple(map(_shape, filters)), parameters


def conditions_of(shape: Shape, walk: bool = False) -> list[ColumnElement[bool]]:
    """Return the conditions of that shape, with a parameter for each value.

    On a walk, no index leads to the rooms of boxes and circles: they are met by the way.
    """
    numbers = count()
    conditions = [_condition(part, numbers) for part in shape]
    if not walk:
        return conditions
    pairs = zip(shape, conditions, strict=True)
    return [each if isinstance(part, Comparison) else _opaque(each) for part, each in pairs]


def _opaque(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition as one of which the planner expects half of the rooms."""
    return case((condition, true()), else_=false())


def distance(place: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[float]:
    """Return the straight line between two unit vectors, which grows with the great circle."""
    return place.op("<->", return_type=Double())(other)


def is_around(place: ColumnElement[Any], radius: ColumnElement[float]) -> ColumnElement[bool]:
    """Return the condition for rooms in a cube, which the index of positions has at hand."""
    return POSITION.op("<@", is_comparison=True)(func.cube_enlarge(place, radius + SLACK, 3))


def _shape(condition: Condition) -> Any:
    if isinstance(condition, Within):
        return Circle(_shape(condition.box))
    if isinstance(condition, Box):
        return tuple(tuple(map(_shape, filters)) for filters in condition.alternatives())
    return Comparison(condition.field, condition.operator)


def _values(condition: Condition) -> Iterator[Any]:
    """Yield the values in the order in which _condition numbers its parameters."""
    if isinstance(condition, Within):
        yield from (*condition.point, chord(condition.metres))
        yield from _values(condition.box)
    elif isinstance(condition, Box):
        yield from (each.value for filters in condition.alternatives() for each in filters)
    else:
        yield condition.value


def _condition(part: Any, numbers: Iterator[int]) -> ColumnElement[bool]:
    if isinstance(part, Comparison):
        return OPERATORS[part.operator](room.c[part.field], bindparam(f"value_{next(numbers)}"))
    if isinstance(part, Circle):
        return _in_circle(part, numbers)
    alternatives = (and_(*(_condition(each, numbers) for each in filters)) for filters in part)
    return or_(*alternatives)


def _in_circle(circle: Circle, numbers: Iterator[int]) -> ColumnElement[bool]:
    longitude, latitude, radius = (
        cast(bindparam(f"value_{next(numbers)}"), Double) for _ in range(3)
    )
    in_box = _condition(circle.box, numbers)
    return and_(in_box, distance(POSITION, unit_vector(longitude, latitude)) <= radius)
