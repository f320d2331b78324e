"""Between rooms and documents, and from filters to MongoDB's conditions."""

from collections.abc import Mapping
from dataclasses import Field
from typing import Any

from bson.int64 import Int64
from pymongo import ASCENDING, DESCENDING

from rentomatic.domain.conditions import Box, Condition, Filters, Operator, Within
from rentomatic.domain.query import Query
from rentomatic.domain.room import FIELDS, Room
from rentomatic.errors import InvalidRequest

Document = dict[str, Any]

OPERATORS: dict[Operator, str] = {
    Operator.EQ: "$eq",
    Operator.NE: "$ne",
    Operator.LT: "$lt",
    Operator.LTE: "$lte",
    Operator.GT: "$gt",
    Operator.GTE: "$gte",
    Operator.IN: "$in",
}


def to_document(room: Room) -> Document:
    """Return a room as it is kept: its code is text, which sorts here as it does everywhere."""
    return dict(vars(room))


def to_room(document: Mapping[str, Any]) -> Room:
    """Return the room a document holds, or raise ValueError that says why it holds none."""
    try:
        room = Room(**{name: _value(field, document[name]) for name, field in FIELDS.items()})
    except (KeyError, InvalidRequest) as error:
        raise ValueError(f"The document {document['_id']!r} is no room: {error}") from error
    if room.code != document["code"]:
        # It could be found by a search, and by no code.
        raise ValueError(f"The document {document['_id']!r} has a code that is not canonical")
    return room


def condition(filters: Filters, *others: Document) -> Document:
    """Return the condition for rooms that meet every filter, and the other conditions.

    Of a circle it is the box around it: MongoDB has no distances that are the other storages'.
    """
    conditions = [*map(_condition, filters), *filter(None, others)]
    return {"$and": conditions} if conditions else {}


def _condition(condition_: Condition) -> Document:
    if isinstance(condition_, Within):
        condition_ = condition_.box
    if isinstance(condition_, Box):
        return {"$or": [condition(filters) for filters in condition_.alternatives()]}
    return {condition_.field: {OPERATORS[condition_.operator]: condition_.value}}


def order(query: Query) -> list[tuple[str, int]]:
    """Return what MongoDB sorts by; a field named twice would lose its direction."""
    direction = DESCENDING if query.descending else ASCENDING
    return [(field, direction) for field in query.key_fields]


def beginning(query: Query) -> Document:
    """Return the condition for rooms behind the beginning of the page."""
    if query.after is None:
        return {}
    value, code = query.after[0], query.after[-1]
    behind = "$lt" if query.descending else "$gt"
    # The first half is implied by the second, and gives the index its bound.
    return {
        query.sort: {f"{behind}e": value},
        "$or": [{query.sort: {behind: value}}, {"code": {behind: code}}],
    }


def _value(field: Field[Any], value: Any) -> Any:
    """Return a whole number as an int, though others may have kept it as a double (39.0)."""
    if field.type is int and isinstance(value, float | Int64) and value % 1 == 0:
        return int(value)
    return value
