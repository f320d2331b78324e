"""What conditions and queries mean, worked out in Python: other ways must find the same."""

import operator
from collections.abc import Callable, Iterable
from heapq import nlargest, nsmallest
from typing import Any

from rentomatic.domain.conditions import Box, Condition, Filters, Operator, Within
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room

OPERATORS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.IN: lambda value, values: value in values,
}


def meets(room: Room, filters: Filters) -> bool:
    """Say whether the room meets every condition."""
    return all(_meets(room, condition) for condition in filters)


def first(rooms: Iterable[Room], query: Query) -> list[Room]:
    """Return the page that a query asks for of rooms which meet its conditions, in any order."""

    def rank(room: Room) -> tuple[Any, ...]:
        return query.rank(query.key(room))

    if query.after is not None:
        place = query.rank(query.after)
        is_behind = operator.lt if query.descending else operator.gt
        rooms = (room for room in rooms if is_behind(rank(room), place))
    return (nlargest if query.descending else nsmallest)(query.limit, rooms, rank)


def _meets(room: Room, condition: Condition) -> bool:
    if isinstance(condition, Box):
        return any(meets(room, filters) for filters in condition.alternatives())
    if isinstance(condition, Within):
        return condition.point.distance(room) <= condition.metres
    value = getattr(room, condition.field)
    return OPERATORS[condition.operator](value, condition.value)
