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


def to_values(room: Room) -> dict[str, Any]:
    """Return the values of VALUES, as text where PostgreSQL parses them."""
    members = vars(room)
    has_details = len(members) > len(REQUIRED)
    details = _encode(room.details) if has_details else None
    return {name: members[name] for name in REQUIRED} | {"details": details}


def to_row(room: Room) -> dict[str, Any]:
    """Return the values of COLUMNS, as text where PostgreSQL parses them."""
    values = to_values(room)
    has_details = values["details"] is not None
    words = _tsvector(room) if has_details else None
    return values | {"has_details": has_details, "words": words}


def to_room(row: Sequence[Any]) -> Room:
    """Make a room of the values of VALUES and, if the row has them, the times."""
    if len(row) == len(VALUES):
        return Room.trusted(*row)
    return Room.trusted(*row[: len(VALUES)]).saved(*row[len(VALUES) :])


def tsquery(condition: FullText) -> str:
    """Return the words as a query for prefixes; words consist of letters and digits alone."""
    return " & ".join(map(prefix, condition.words))


def prefix(word: str, label: str = "") -> str:
    """Return a tsquery for words that begin with the word and, if it is given, have the label."""
    return f"'{word}':*{label}"


def _tsvector(room: Room) -> str | None:
    return " ".join(f"'{word}':{LABELS[n]}" for word, n in weights_of(room).items()) or None
