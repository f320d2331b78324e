"""Rooms as rows of the table, and back."""

import json
from collections.abc import Sequence
from typing import Any

from rentomatic.domain.conditions import FullText
from rentomatic.domain.room import REQUIRED, Room
from rentomatic.domain.words import weights_of

COLUMNS = (*REQUIRED, "details", "has_details", "words")
# Columns that determine whether a room has changed; the others follow from them.
VALUES = (*REQUIRED, "details")

# The labels of tsvector by weight, whose positions are arbitrary but must differ.
LABELS = {4: "1A", 2: "2B", 1: "3C"}

_encode = json.JSONEncoder(ensure_ascii=False).encode


def to_row(room: Room) -> dict[str, Any]:
    """Return the values of COLUMNS, as text where PostgreSQL parses them."""
    members = vars(room)
    row = {name: members[name] for name in REQUIRED}
    if len(members) == len(REQUIRED):
        return row | {"details": None, "has_details": False, "words": None}
    details = {name: value for name, value in members.items() if name not in row}
    return row | {"details": _encode(details), "has_details": True, "words": _tsvector(room)}


def to_room(row: Sequence[Any]) -> Room:
    """Make a room of the values of VALUES and, if the row has them, the times."""
    if len(row) == len(VALUES):
        return Room.trusted(*row)
    return Room.trusted(*row[: len(VALUES)]).saved(*row[len(VALUES) :])


def tsquery(condition: FullText) -> str:
    """Return the words as a query for prefixes; words consist of letters and digits alone."""
    return " & ".join(f"'{word}':*" for word in condition.words)


def _tsvector(room: Room) -> str | None:
    return " ".join(f"'{word}':{LABELS[n]}" for word, n in weights_of(room).items()) or None
