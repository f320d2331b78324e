"""Cursors of pages, as opaque text.

A cursor contains the key of a room, the direction, and a digest of its query. It is not signed,
because a forged one only selects another page of the same query.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from rentomatic.domain.fields import Whole
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.query import RELEVANCE, Key, Query
from rentomatic.domain.room import FIELDS, TIMES, Declared

# json.dumps would create an encoder for each cursor.
encode = json.JSONEncoder(separators=(",", ":"), default=datetime.isoformat).encode

DECLARED = {**FIELDS, **TIMES, RELEVANCE: Declared(Whole(-INT32_MAX, 0), "negated relevance")}


def to_cursor(query: Query, key: Key, backwards: bool = False) -> str:
    """Return the cursor of the page after a key or, if `backwards`, before it."""
    content = encode([*key, backwards, _digest(query)])
    return urlsafe_b64encode(content.encode()).decode().rstrip("=")


def parse_cursor(query: Query, text: str) -> tuple[Query, bool]:
    """Return the query from the cursor on, and whether it goes backwards.

    Raises ValueError if the cursor is invalid or of another query.
    """
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        *values, backwards, digest = json.loads(urlsafe_b64decode(padded))
        pairs = zip(query.key_fields, values, strict=True)
        key = tuple(DECLARED[field].check(value) for field, value in pairs)
    except (ValueError, TypeError, RecursionError):
        raise ValueError("must be a cursor from a Link header") from None
    if digest != _digest(query):
        raise ValueError("belongs to a search with other filters or another order")
    return query._replace(after=key), backwards is True


def _digest(query: Query) -> str:
    """Hash everything that decides which rooms a query finds, and in which order."""
    filters = sorted(map(repr, query.filters))
    text = "&".join((*filters, f"sort={query.sort},{query.descending}", f"near={query.near}"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
