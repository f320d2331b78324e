"""Evaluate conditions and sort rooms in Python. Adapters must return the same rooms."""

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
    return all(_meets(room, condition) for condition in filters)


def page_of(rooms: Iterable[Room], query: Query) -> list[Room]:
    """Return the query's page of `rooms`, which meet its conditions and are in any order."""

    def sort_key(room: Room) -> tuple[Any, ...]:
        return query.sort_key(query.key(room))

    if query.after is not None:
        cursor = query.sort_key(query.after)
        is_after = operator.lt if query.descending else operator.gt
        rooms = (room for room in rooms if is_after(sort_key(room), cursor))
    return (nlargest if query.descending else nsmallest)(query.limit, rooms, sort_key)


def _meets(room: Room, condition: Condition) -> bool:
    if isinstance(condition, Box):
        return any(meets(room, filters) for filters in condition.alternatives())
    if isinstance(condition, Within):
        return condition.point.distance(room) <= condition.metres
    value = getattr(room, condition.field)
    return OPERATORS[condition.operator](value, condition.value)
