"""Convert rooms to documents and back, and conditions and sort orders to those of MongoDB."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bson.int64 import Int64
from pymongo import ASCENDING, DESCENDING

from rentomatic.domain.conditions import Box, Condition, Filters, FullText, Within
from rentomatic.domain.fields import Whole
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import Query
from rentomatic.domain.room import REQUIRED, STORED_FIELDS, TIMES, Declared, Room
from rentomatic.domain.words import weights_of
from rentomatic.errors import InvalidRequest

Document = dict[str, Any]

OPERATORS: dict[Operator, str] = {
    Operator.EQ: "$eq",
    Operator.LT: "$lt",
    Operator.LTE: "$lte",
    Operator.GT: "$gt",
    Operator.GTE: "$gte",
    Operator.IN: "$in",
    Operator.ALL: "$all",
    Operator.ANY: "$in",
    Operator.NONE: "$nin",
}


EPOCH = datetime.fromtimestamp(0, UTC)

# The folded words of a room; `created` and `updated` are its times.
WORDS = "words"
CONTENT = (*STORED_FIELDS, WORDS)
READ = [*STORED_FIELDS, *TIMES]


def to_document(room: Room) -> Document:
    """Return the members of the document, except its times; empty fields are missing."""
    # The code stays text, which MongoDB sorts as the other storages sort codes.
    document = dict(vars(room))
    if words := sorted(weights_of(room)):
        document[WORDS] = words
    return document


def new_document(room: Room) -> Document:
    """Return the document of a room that is saved for the first time, now."""
    return to_document(room) | dict.fromkeys(TIMES, datetime.now(UTC))


def exactly(room: Room) -> Document:
    """Return the condition for a document of the room, without regard to words."""
    members = vars(room)
    return {name: members.get(name) for name in STORED_FIELDS}


def change_to(room: Room) -> Document:
    """Return the update that makes a document one of the room, changed now.

    It keeps members that other programs have added.
    """
    document = to_document(room)
    missing = [name for name in CONTENT if name not in document]
    return {
        "$set": document | {"updated": datetime.now(UTC)},
        "$unset": dict.fromkeys(missing, ""),
    }


def to_room(document: Mapping[str, Any]) -> Room:
    """Return the room, or raise ValueError that names the document's `_id` and the problem."""
    label = f"The document {document['_id']!r}"
    try:
        room = Room(
            **{
                name: _value(declared, document[name])
                for name, declared in STORED_FIELDS.items()
                if name in REQUIRED or name in document
            }
        )
    except KeyError as error:
        raise ValueError(f"{label} has no member {error}") from error
    except InvalidRequest as error:
        raise ValueError(f"{label} is not a valid room: {error}") from error
    if room.code != document["code"]:
        # A search would find the room, but no lookup by its code would.
        raise ValueError(f"{label} has a code that is not canonical lower-case text")
    created, updated = (time_of(document, name) for name in TIMES)
    return room.saved(created, updated)


def time_of(document: Mapping[str, Any], name: str) -> datetime:
    """Return a time of a room; one that another program has left out is the epoch."""
    time: datetime = document.get(name) or EPOCH
    return time.replace(tzinfo=UTC)


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
    if isinstance(condition_, FullText):
        return {"$and": [{WORDS: re.compile(f"^{word}")} for word in condition_.words]}
    field, operator, value = condition_
    if operator is Operator.NE:
        return {field: {"$nin": [value, None]}}
    if operator is Operator.UNKNOWN:
        return {field: None}
    return {field: {OPERATORS[operator]: list(value) if isinstance(value, tuple) else value}}


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


def _value(declared: Declared, value: Any) -> Any:
    """Convert a whole number to int; other programs may store 39 as 39.0 or in 64 bits."""
    if isinstance(declared.type, Whole) and isinstance(value, float | Int64) and value % 1 == 0:
        return int(value)
    return value
