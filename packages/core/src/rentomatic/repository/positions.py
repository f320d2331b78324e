"""Repositories that keep the doors of rooms secret, and show them to editors alone."""

from collections.abc import Iterable, Iterator
from itertools import islice

from rentomatic.domain.conditions import Filter, Filters
from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.operators import Operator
from rentomatic.domain.positions import SecretGrid, restored, revealed
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.domain.withdrawn import WithdrawnRoom
from rentomatic.errors import RoomChanged
from rentomatic.repository.delegating import DelegatingRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport

BATCH_ROOMS = 1000


class PositionedRooms(DelegatingRooms):
    """Rooms at their doors, for editors, or at their shown points, for visitors.

    The storage has the shown points, so that conditions, orders, facets and clusters can be about
    nothing else, for editors too. Writes take doors. A room that is written at its shown point,
    such as one of a list, keeps the door that is stored.

    Without a grid, everyone sees the doors, and the storage has them.
    """

    def __init__(
        self, rooms: RoomRepository, grid: SecretGrid | None, *, for_editors: bool
    ) -> None:
        super().__init__(rooms)
        self._grid = grid
        self._seen = revealed if for_editors or grid is None else grid.seen_by_visitors

    def get(self, code: str) -> Room:
        return self._seen(self.rooms.get(code))

    def add(self, room: Room) -> None:
        self.rooms.add(self._stored(room))

    def replace(self, old: Room, new: Room) -> Room:
        (new,) = self._with_doors([new])
        stored = self._stored(new)
        try:
            self.rooms.replace(self._stored(old), stored)
        except RoomChanged:
            # It may be the same room, saved with another setting.
            self.rooms.replace(self._unchanged(old), stored)
        return self._seen(stored)

    def remove(self, room: Room) -> None:
        try:
            self.rooms.remove(self._stored(room))
        except RoomChanged:
            self.rooms.remove(self._unchanged(room))

    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        if self._grid:
            rooms = map(self._grid.hidden, self._with_doors(rooms))
        return self.rooms.put(rooms, dry_run, timeout, mirror)

    def search(self, query: Query) -> list[Room]:
        return [self._seen(room) for room in self.rooms.search(query)]

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        return map(self._seen, self.rooms.scan(filters))

    def find_withdrawn(self, code: str) -> WithdrawnRoom | None:
        found = self.rooms.find_withdrawn(code)
        if found is None or self._grid is None:
            return found
        return found._replace(**self._grid.shown(code, found)._asdict())

    def _stored(self, room: Room) -> Room:
        return self._grid.hidden(room) if self._grid else room

    def _unchanged(self, room: Room) -> Room:
        """Return the stored room if it is seen as `room`, or raise RoomChanged."""
        stored = self.rooms.get(room.code)
        if self._seen(stored) != room:
            raise RoomChanged(room.code)
        return stored

    def _with_doors(self, rooms: Iterable[Room]) -> Iterator[Room]:
        """Yield the rooms; those at their shown points get the doors that are stored."""
        if self._grid is None:
            yield from rooms
            return
        rest = iter(rooms)
        while batch := list(islice(rest, BATCH_ROOMS)):
            stored = self._find([room.code for room in batch if self._grid.is_shown(room)])
            for room in batch:
                yield restored(room, stored[room.code]) if room.code in stored else room

    def _find(self, codes: list[str]) -> dict[str, Room]:
        if not codes:
            return {}
        among = Filter("code", Operator.IN, tuple(codes))
        found = self.rooms.search(Query((among,), limit=len(codes), sort="code"))
        return {room.code: room for room in found}
