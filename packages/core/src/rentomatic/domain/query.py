"""Queries: conditions, sort order, page size and position."""

from dataclasses import dataclass
from typing import NamedTuple

from rentomatic.domain.conditions import Filters
from rentomatic.domain.globe import Point
from rentomatic.domain.room import FIELDS, Room, Value

DISTANCE = "distance"
SORTS = (*FIELDS, DISTANCE)
DEFAULT_LIMIT = 100
DEFAULT_SORT = "price"
MAX_LIMIT = 1000
MAX_IN_VALUES = 100
MAX_CONDITIONS = 20  # per request

Key = tuple[Value, ...]  # the values of a room that a cursor holds


class Query(NamedTuple):
    """A search for at most `limit` rooms that meet every condition, sorted by one field.

    Rooms with equal values are sorted by code, in the same direction. `after` is the key of a
    room, which need not exist: only rooms after it are returned. `sort` can be the distance only
    if `near`, the reference point, is given.
    """

    filters: Filters = ()
    limit: int = DEFAULT_LIMIT
    after: Key | None = None
    sort: str = DEFAULT_SORT
    descending: bool = False
    near: Point | None = None

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

    def key(self, room: Room) -> Key:
        return tuple(getattr(room, field) for field in self.key_fields)

    def sort_key(self, key: Key) -> tuple[Value, ...]:
        """Return the sort key for the key of a room; it is unique."""
        if self.origin is None:
            return key
        longitude, latitude, code = key
        return self.origin.distance(Point(float(longitude), float(latitude))), code


@dataclass(frozen=True)
class Search:
    """One page of a query: the rooms after its key or, if `backwards`, before it.

    With `count`, the page has the total number of rooms.
    """

    query: Query
    backwards: bool = False
    count: bool = False
