"""Convert rooms to documents and back, and conditions and sort orders to those of MongoDB."""

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
    # The code stays text, which MongoDB sorts as the other storages sort codes.
    return dict(vars(room))


def to_room(document: Mapping[str, Any]) -> Room:
    """Return the room, or raise ValueError that names the document's `_id` and the problem."""
    label = f"The document {document['_id']!r}"
    try:
        values = {name: _value(field, document[name]) for name, field in FIELDS.items()}
        room = Room(**values)
    except KeyError as error:
        raise ValueError(f"{label} has no member {error}") from error
    except InvalidRequest as error:
        raise ValueError(f"{label} is not a valid room: {error}") from error
    if room.code != document["code"]:
        # A search would find the room, but no lookup by its code would.
        raise ValueError(f"{label} has a code that is not canonical lower-case text")
    return room


def condition(filters: Filters, *others: Document) -> Document:
    """Return the condition for rooms that meet all filters and the other conditions.

    A circle is replaced by the box around it, because MongoDB computes other distances than the
    other storages: the caller has to check the distances.
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
    # key_fields has no duplicates; MongoDB would ignore the direction of one of two equal keys.
    direction = DESCENDING if query.descending else ASCENDING
    return [(field, direction) for field in query.key_fields]


def after_cursor(query: Query) -> Document:
    """Return the condition for rooms after the query's cursor; without a cursor it is empty."""
    if query.after is None:
        return {}
    value, code = query.after[0], query.after[-1]
    operator = "$lt" if query.descending else "$gt"
    # The first condition follows from the second, but only the first bounds the index scan.
    return {
        query.sort: {f"{operator}e": value},
        "$or": [{query.sort: {operator: value}}, {"code": {operator: code}}],
    }


def _value(field: Field[Any], value: Any) -> Any:
    """Convert a whole number to int; other programs may store 39 as 39.0 or in 64 bits."""
    if field.type is int and isinstance(value, float | Int64) and value % 1 == 0:
        return int(value)
    return value
