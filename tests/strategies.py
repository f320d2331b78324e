"""Any room, and anything that can be asked of rooms, for property tests."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as any_of

from rentomatic.domain import FIELDS, Room
from rentomatic.numbers import INT32_MAX
from rentomatic.query import MAX_LIMIT, Filter, Operator, Query, operators

# Half of the values are few, so that rooms share them and filters meet them.
FEW_CODES = [str(UUID(int=number << 96 | number)) for number in range(6)]

VALUES: dict[str, any_of.SearchStrategy[Any]] = {
    "code": any_of.sampled_from(FEW_CODES) | any_of.uuids().map(str),
    "size": any_of.integers(1, 5) | any_of.integers(1, INT32_MAX),
    "price": any_of.integers(0, 4) | any_of.integers(0, INT32_MAX),
    "longitude": any_of.sampled_from([-180, -0.0, 5e-324, 180]) | any_of.floats(-180, 180),
    "latitude": any_of.sampled_from([-90, -5e-324, 0.0, 90]) | any_of.floats(-90, 90),
}

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


queries = any_of.builds(
    Query,
    filters=any_of.lists(filters(), max_size=4).map(tuple),
    limit=any_of.integers(1, 8) | any_of.just(MAX_LIMIT),
    after=any_of.none() | any_of.tuples(VALUES["price"], VALUES["code"]),
)
