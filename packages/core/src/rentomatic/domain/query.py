"""What can be asked of the rooms."""

from dataclasses import dataclass

from rentomatic.domain.conditions import Filters
from rentomatic.domain.globe import Point
from rentomatic.domain.room import FIELDS, Room, Value

DISTANCE = "distance"
SORTS = (*FIELDS, DISTANCE)
DEFAULT_LIMIT = 100
DEFAULT_SORT = "price"
MAX_LIMIT = 1000
MAX_IN_VALUES = 100
MAX_CONDITIONS = 20

Key = tuple[Value, ...]


@dataclass(frozen=True)
class Query:
    """Rooms that meet every filter, in the order of one field, at most `limit` of them.

    Rooms with the same value are in the order of their codes, in the same direction. `after` is
    the key of a room, which need not exist: only rooms behind it are found. Only with the point
    `near` can `sort` be the distance from there.
    """

    filters: Filters = ()
    limit: int = DEFAULT_LIMIT
    after: Key | None = None
    sort: str = DEFAULT_SORT
    descending: bool = False
    near: Point | None = None

    @property
    def origin(self) -> Point | None:
        """The point from which distances make the order, if they do."""
        return self.near if self.sort == DISTANCE else None

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The fields that a room's rank follows from."""
        if self.origin:
            return ("longitude", "latitude", "code")
        return tuple(dict.fromkeys((self.sort, "code")))

    def key(self, room: Room) -> Key:
        """Return the values of the room that its rank follows from."""
        return tuple(getattr(room, field) for field in self.key_fields)

    def rank(self, key: Key) -> tuple[Value, ...]:
        """Return what this query orders by; no two rooms have the same."""
        if self.origin is None:
            return key
        longitude, latitude, code = key
        return self.origin.distance(Point(float(longitude), float(latitude))), code


@dataclass(frozen=True)
class Search:
    """One page of a query: behind its key or, backwards, before it; counted when asked for."""

    query: Query
    backwards: bool = False
    count: bool = False
