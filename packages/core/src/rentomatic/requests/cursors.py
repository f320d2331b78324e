"""Cursors: places between two pages, as text that a client hands back as it got it.

A cursor holds the key of a room, the direction, and a digest of the query that it belongs to. It
is not signed, since it grants nothing: whoever makes one up gets another page of the same search.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

from rentomatic.domain.query import Key, Query, Search
from rentomatic.domain.room import FIELDS, checked


def to_cursor(query: Query, key: Key, backwards: bool = False) -> str:
    """Return the cursor of the page behind a key or, backwards, before it."""
    place = json.dumps([*key, backwards, _digest(query)], separators=(",", ":"))
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def at_cursor(query: Query, text: str) -> Search:
    """Return the page that the cursor means, or raise ValueError when it is not of this query."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        *values, backwards, digest = json.loads(urlsafe_b64decode(padded))
        pairs = zip(query.key_fields, values, strict=True)
        key = tuple(checked(FIELDS[field], value) for field, value in pairs)
    except (ValueError, TypeError, RecursionError):
        raise ValueError("must be a cursor from a Link header") from None
    if digest != _digest(query):
        raise ValueError("belongs to a search with other filters or another order")
    return Search(replace(query, after=key), backwards is True)


def _digest(query: Query) -> str:
    """Return what two queries have in common exactly when they find the same in the same order."""
    filters = sorted(map(repr, query.filters))
    text = "&".join((*filters, f"sort={query.sort},{query.descending}", f"near={query.near}"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
