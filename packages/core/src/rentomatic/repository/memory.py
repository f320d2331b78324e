"""Rooms and tokens in memory, for trials and for fast tests."""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from threading import Lock

from rentomatic.domain.conditions import Filters
from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.query import Query
from rentomatic.domain.references import Reference, add_references, reference_of
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Token
from rentomatic.domain.withdrawn import WithdrawnRoom
from rentomatic.errors import (
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
    TokenConflict,
    TokenNotFound,
)
from rentomatic.repository.clusters import clusters_of
from rentomatic.repository.facets import (
    counts_without_of,
    facet_of,
    used_fields_of,
    word_counts_of,
)
from rentomatic.repository.matching import meets, page_of
from rentomatic.repository.protocols import Connections, Limits, Storage
from rentomatic.responses import Cluster, Facet, ImportReport, LastChange, withdrawal

EXAMPLE_ROOMS = (
    Room("f853578c-fc0f-4e65-81b8-566c5dffa35a", 215, 39, -0.09998975, 51.75436293),
    Room("fe2c3195-aeff-487a-a08f-e0bdc0ec6e9a", 405, 66, 0.18228006, 51.74640997),
    Room("913694c6-435a-4366-ba0d-da5334a611b2", 56, 60, 0.27891577, 51.45994069),
    Room("eed76e77-55c1-41ce-985d-ca49bf6c0585", 93, 48, 0.33894476, 51.39916678),
)


class MemoryRooms:
    """A RoomRepository over a dict. Threads may share it; processes cannot."""

    def __init__(self, rooms: Iterable[Room] = ()) -> None:
        self._rooms: dict[str, Room] = {}
        self._codes: dict[Reference, str] = {}
        self._withdrawn: dict[str, WithdrawnRoom] = {}
        self._write_lock = Lock()
        self._save(list({room.code: room for room in rooms}.values()))

    def get(self, code: str) -> Room:
        try:
            return self._rooms[code]
        except KeyError:
            raise RoomNotFound(code) from None

    def find_withdrawn(self, code: str) -> WithdrawnRoom | None:
        found = self._withdrawn.get(code)
        return None if found is None or found.is_expired(datetime.now(UTC)) else found

    def add(self, room: Room) -> None:
        with self._write_lock:
            if room.code in self._rooms:
                raise RoomConflict(room.code)
            self._save([room])

    def replace(self, old: Room, new: Room) -> Room:
        with self._write_lock:
            self._check(old)
            self._save([new])
        return new

    def remove(self, room: Room) -> None:
        with self._write_lock:
            self._check(room)
            self._withdraw([room])
            _forget(self._codes, room)

    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        start = time.monotonic()
        new = {room.code: room for room in rooms}
        if timeout is not None and time.monotonic() - start > timeout:
            raise RepositoryUnavailable
        with self._write_lock:
            created = len(new.keys() - self._rooms.keys())
            changed = [room for room in new.values() if self._rooms.get(room.code) != room]
            gone = mirror.withdrawn(self._of(mirror.source), new.keys(), dry_run) if mirror else []
            self._save(changed, dry_run, [self._rooms[code] for code in gone])
        report = ImportReport(created, len(changed) - created, len(new) - len(changed))
        return report + withdrawal(gone)

    def optimize(self) -> None:
        """Do nothing: no index can become slow."""

    def search(self, query: Query) -> list[Room]:
        return page_of(self._matching(query.filters), query)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        yield from sorted(self._matching(filters), key=Query().key)

    def last_changes(
        self, after: str | None = None, until: str | None = None
    ) -> Iterator[LastChange]:
        rooms = sorted(self._matching(()), key=lambda room: room.code)
        for room in rooms:
            if (after is None or room.code > after) and (until is None or room.code <= until):
                yield LastChange(room.code, room.updated)

    def every_code(self, step: int) -> list[str]:
        return sorted(self._rooms)[step - 1 :: step]

    def used_fields(self) -> tuple[str, ...]:
        return used_fields_of(self)

    def count(self, filters: Filters = ()) -> int:
        return len(self._matching(filters))

    def counts_without(self, filters: Filters) -> tuple[int, ...]:
        return counts_without_of(self, filters)

    def facet(self, filters: Filters, field: str) -> Facet:
        return facet_of(self, filters, field)

    def word_counts(self, filters: Filters, field: str) -> dict[str, int]:
        return word_counts_of(self, filters, field)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        return clusters_of(self, filters, side)

    def check(self) -> None:
        """Do nothing: memory is always available."""

    def connections(self) -> Connections:
        return Connections()

    def close(self) -> None:
        """Do nothing: there are no connections."""

    def _check(self, room: Room) -> None:
        if self.get(room.code) != room:
            raise RoomChanged(room.code)

    def _of(self, source: str) -> list[str]:
        return [room.code for room in self._rooms.values() if room.source == source]

    def _save(self, rooms: list[Room], dry_run: bool = False, gone: Sequence[Room] = ()) -> None:
        """Save rooms that are new or changed and remove others, or raise ReferenceConflict."""
        codes = self._codes_after(rooms, gone)
        if dry_run:
            return
        self._codes = codes
        self._withdraw(gone)
        now = datetime.now(UTC)
        for room in rooms:
            saved = self._rooms.get(room.code)
            self._rooms[room.code] = room.saved(saved.created if saved else now, now)

    def _withdraw(self, rooms: Iterable[Room]) -> None:
        now = datetime.now(UTC)
        for room in rooms:
            del self._rooms[room.code]
            self._withdrawn.pop(room.code, None)
            gone = WithdrawnRoom(room.code, room.longitude, room.latitude, now)
            self._withdrawn[room.code] = gone
        # The oldest are the first.
        while self._withdrawn and (first := next(iter(self._withdrawn.values()))).is_expired(now):
            del self._withdrawn[first.code]

    def _codes_after(self, rooms: list[Room], gone: Sequence[Room]) -> dict[Reference, str]:
        codes = {**self._codes}
        for old in (*gone, *filter(None, (self._rooms.get(room.code) for room in rooms))):
            _forget(codes, old)
        add_references(codes, rooms)
        return codes

    def _matching(self, filters: Filters) -> list[Room]:
        # list() copies in one step, so that another thread may write during the search.
        return [room for room in list(self._rooms.values()) if meets(room, filters)]


def _forget(codes: dict[Reference, str], room: Room) -> None:
    if reference := reference_of(room):
        codes.pop(reference, None)


class MemoryTokens:
    """Tokens in a dict."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._write_lock = Lock()

    def add(self, token: Token) -> None:
        with self._write_lock:
            if token.name in self._tokens:
                raise TokenConflict(token.name)
            self._tokens[token.name] = token

    def find(self, name: str) -> Token | None:
        return self._tokens.get(name)

    def revoke(self, name: str) -> None:
        with self._write_lock:
            if self._tokens.pop(name, None) is None:
                raise TokenNotFound(name)

    def list(self) -> Sequence[Token]:
        return sorted(self._tokens.values(), key=lambda token: token.name)


def connect(_url: str, _limits: Limits = Limits()) -> Storage:  # noqa: B008 (immutable)
    """Return a storage with the four example rooms and no tokens. It ends with the process."""
    return Storage(MemoryRooms(EXAMPLE_ROOMS), MemoryTokens())
