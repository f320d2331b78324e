"""Pages sorted by a field that may be unknown, for storages that sort unknown values elsewhere."""

from collections.abc import Callable

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import Query
from rentomatic.domain.room import FIELDS, Room

NULLABLE = {name for name, declared in FIELDS.items() if declared.is_nullable}


def search_unknown_apart(search: Callable[[Query], list[Room]], query: Query) -> list[Room]:
    """Return the page by two searches: rooms with a value, and rooms without, by code.

    The second is made only if the first does not fill the page.
    """
    queries = [each for each in (_known(query), _unknown(query)) if each]
    found: list[Room] = []
    for each in reversed(queries) if query.unknown_first else queries:
        if len(found) < query.limit:
            found += search(each._replace(limit=query.limit - len(found)))
    return found


def _known(query: Query) -> Query | None:
    """Return the query for rooms with a value, or None if the cursor is after them."""
    is_known = Filter(query.sort, Operator.GTE, 0)
    known = query._replace(filters=(*query.filters, is_known))
    if query.after is None or query.after[0] is not None:
        return known
    return known._replace(after=None) if query.unknown_first else None


def _unknown(query: Query) -> Query | None:
    """Return the query for rooms without a value, or None if the cursor is after them."""
    is_unknown = Filter(query.sort, Operator.UNKNOWN, None)
    unknown = query._replace(filters=(*query.filters, is_unknown), sort="code")
    if query.after is None:
        return unknown
    *_, code = query.after
    if query.after[0] is None:
        return unknown._replace(after=(code,))
    return None if query.unknown_first else unknown._replace(after=None)
