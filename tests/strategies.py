"""Any room, and anything that can be asked of rooms, for property tests."""

from dataclasses import Field
from typing import Any
from uuid import UUID

from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Box, Filter, Operator, operators
from rentomatic.domain.globe import Point
from rentomatic.domain.query import MAX_LIMIT, Query
from rentomatic.domain.room import FIELDS, Room

# Half of the values are few, so that rooms share them and filters meet them.
FEW_CODES = [str(UUID(int=number << 96 | number)) for number in range(6)]


def degrees(limit: int) -> any_of.SearchStrategy[float]:
    """Return a strategy for degrees up to a limit, either way.

    The server in MongoDB's place has numbers that are closer to 0 at the wrong end of its indexes.
    """
    some = any_of.sampled_from([-limit, -0.0, limit])
    return some | any_of.floats(1e-99, limit) | any_of.floats(-limit, -1e-99)


def values_of(declared: Field[Any]) -> any_of.SearchStrategy[Any]:
    """Return a strategy for the values of a field."""
    if declared.type is str:
        return any_of.sampled_from(FEW_CODES) | any_of.uuids().map(str)
    minimum, maximum = declared.metadata["minimum"], declared.metadata["maximum"]
    if declared.type is float:
        return degrees(maximum)
    return any_of.integers(minimum, minimum + 4) | any_of.integers(minimum, maximum)


VALUES = {name: values_of(declared) for name, declared in FIELDS.items()}

rooms = any_of.builds(Room, **VALUES)


@any_of.composite
def filters(draw: any_of.DrawFn) -> Filter:
    """Draw a condition that parse_filters could have returned."""
    field = draw(any_of.sampled_from(list(FIELDS)))
    operator = draw(any_of.sampled_from(operators(field)))
    value = VALUES[field].map(float) if FIELDS[field].type is float else VALUES[field]
    if operator is Operator.IN:
        value = any_of.lists(value, min_size=1, max_size=5).map(tuple)
    return Filter(field, operator, draw(value))


@any_of.composite
def boxes(draw: any_of.DrawFn) -> Box:
    """Draw a box that parse_box could have returned."""
    south, north = sorted(draw(degrees(90)) for _ in range(2))
    west, east = (draw(degrees(180)) for _ in range(2))
    return Box(west, south, east, north)


points = any_of.builds(Point, VALUES["longitude"], VALUES["latitude"])


@any_of.composite
def _queries(draw: any_of.DrawFn) -> Query:
    """Draw a query that parse_search could have returned."""
    sort = draw(any_of.sampled_from(list(FIELDS)))
    query = Query(
        filters=tuple(draw(any_of.lists(filters(), max_size=4))),
        limit=draw(any_of.integers(1, 8) | any_of.just(MAX_LIMIT)),
        sort=sort,
        descending=draw(any_of.booleans()),
    )
    key = query.key(draw(rooms))
    return query._replace(after=draw(any_of.sampled_from([None, key])))


queries = _queries()
