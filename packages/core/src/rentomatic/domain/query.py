"""Queries: conditions, sort order, page size and position."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from rentomatic.domain.conditions import Filters, FullText
from rentomatic.domain.globe import Point
from rentomatic.domain.room import REQUIRED, TIMES, Room
from rentomatic.domain.words import relevance

DISTANCE = "distance"
RELEVANCE = "relevance"
SORTS = (*REQUIRED, *TIMES, DISTANCE, RELEVANCE)
DEFAULT_LIMIT = 100
DEFAULT_SORT = "price"
MAX_LIMIT = 1000
MAX_IN_VALUES = 100
MAX_CONDITIONS = 20  # per request

Key = tuple[Any, ...]  # the values of a room that a cursor holds


class Query(NamedTuple):
    """A search for at most `limit` rooms that meet every condition, sorted by one field.

    Rooms with equal values are sorted by code, in the same direction. Rooms without a value are
    the last ones or, with `unknown_first`, the first. `after` is the key of a room, which need not
    exist: only rooms after it are returned. `sort` can be the distance only if `near`, the
    reference point, is given, and the relevance only if a condition is a FullText; the most
    relevant rooms are the first, unless `descending`.
    """

    filters: Filters = ()
    limit: int = DEFAULT_LIMIT
    after: Key | None = None
    sort: str = DEFAULT_SORT
    descending: bool = False
    near: Point | None = None
    unknown_first: bool = False

    @property
    def origin(self) -> Point | None:
        """The reference point if the rooms are sorted by distance, or None."""
        return self.near if self.sort == DISTANCE else None

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The fields that make up the key of a room."""
        if self.origin:
            return ("longitude", "latitude", "code")
        return tuple(dict.fromkeys((self.sort, "code")))

    @property
    def words(self) -> tuple[str, ...]:
        """The words that determine the relevance."""
        return next((each.words for each in self.filters if isinstance(each, FullText)), ())

    def key(self, room: Room) -> Key:
        if self.sort == RELEVANCE:
            return (-relevance(room, self.words), room.code)
        return tuple(getattr(room, field) for field in self.key_fields)

    def sort_key(self, key: Key) -> tuple[Any, ...]:
        """Return the sort key for the key of a room; it is unique."""
        if self.origin is None:
            # Unknown values are the highest ones if they are last in ascending order.
            is_high = self.descending == self.unknown_first
            return tuple((is_high, "") if each is None else (not is_high, each) for each in key)
        longitude, latitude, code = key
        return self.origin.distance(Point(longitude, latitude)), code


@dataclass(frozen=True)
class Search:
    """One page of a query: the rooms after its key or, if `backwards`, before it.

    With `count`, the page has the total number of rooms.
    """

    query: Query
    backwards: bool = False
    count: bool = False
