"""Evaluate conditions and sort rooms in Python. Adapters must return the same rooms."""

import operator
from collections.abc import Callable, Iterable
from heapq import nlargest, nsmallest
from typing import Any

from rentomatic.domain.conditions import Box, Condition, Filters, FullText, Within
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.domain.words import relevance

OPERATORS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.IN: lambda value, values: value in values,
    Operator.ALL: lambda value, values: set(values) <= set(value),
    Operator.ANY: lambda value, values: not set(values).isdisjoint(value),
    Operator.NONE: lambda value, values: set(values).isdisjoint(value),
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
    if isinstance(condition, FullText):
        return relevance(room, condition.words) > 0
    value = getattr(room, condition.field)
    if value is None or condition.operator is Operator.UNKNOWN:
        return value is None and condition.operator is Operator.UNKNOWN
    return OPERATORS[condition.operator](value, condition.value)
