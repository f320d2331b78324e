"""The protocols of a storage. `tests/contract` checks them on every adapter."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from rentomatic.domain.conditions import Filters
from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Token
from rentomatic.domain.withdrawn import WithdrawnRoom
from rentomatic.responses import Cluster, Facet, ImportReport, LastChange


class Connections(NamedTuple):
    """The connections of one process, and how many requests timed out waiting for one."""

    used: int = 0
    idle: int = 0
    limit: int = 0  # for used and idle together; 0 means no limit
    timeouts: int = 0


class RoomRepository(Protocol):
    """Rooms, identified by their codes. Each method is one transaction.

    Every method raises RepositoryUnavailable if the storage cannot be reached or times out.
    """

    def get(self, code: str) -> Room:
        """Return the room with the times that the storage keeps, or raise RoomNotFound."""

    def find_withdrawn(self, code: str) -> WithdrawnRoom | None:
        """Return the room with that code that was deleted in the last year, or None.

        The code may have a room again.
        """

    def add(self, room: Room) -> None:
        """Save a new room, or raise RoomConflict if its code is taken.

        Every write raises ReferenceConflict if another room has the same source and reference.
        """

    def replace(self, old: Room, new: Room) -> Room:
        """Save `new` in place of `old`, which has the same code, and return it as it is now.

        Raises RoomNotFound, or RoomChanged if the stored room is not equal to `old`.
        """

    def remove(self, room: Room) -> None:
        """Delete the room.

        Raises RoomNotFound, or RoomChanged if the stored room is not equal to `room`.
        """

    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        """Create or replace every room and count them; repeating it changes nothing.

        The last of several rooms with the same code is saved. They may take references from each
        other. If the iterable raises, or after `timeout` seconds, nothing is saved; the timeout
        raises RepositoryUnavailable. A dry run counts and saves nothing, but raises the same
        ReferenceConflict.

        With `mirror`, further rooms of its source are withdrawn, or WithdrawalRefused is raised; a
        dry run only counts them.
        """

    def optimize(self) -> None:
        """Restore the speed of searches after bulk writes."""

    def search(self, query: Query) -> list[Room]:
        """Return at most `limit` rooms that meet every condition, in the query's order.

        Rooms sorted by a time have the times that the storage keeps.
        """

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        """Yield every room that meets every condition, by price, then code, in constant memory.

        The rooms are a snapshot, if the storage supports that; writers are not blocked.
        """

    def last_changes(
        self, after: str | None = None, until: str | None = None
    ) -> Iterator[LastChange]:
        """Yield the last change of every room, by code, in constant memory.

        With codes, only of rooms after the one and up to the other, which need not exist.
        """

    def every_code(self, step: int) -> list[str]:
        """Return the codes of every `step`-th room, by code: between two are `step` - 1 rooms."""

    def used_fields(self) -> tuple[str, ...]:
        """Return the optional fields that at least one room has, in the order of OPTIONAL."""

    def count(self, filters: Filters = ()) -> int:
        """Count the rooms that meet every condition."""

    def counts_without(self, filters: Filters) -> tuple[int, ...]:
        """Count, for each condition, the rooms that meet all the others."""

    def facet(self, filters: Filters, field: str) -> Facet:
        """Count the rooms that meet every condition, in buckets of the field's values."""

    def word_counts(self, filters: Filters, field: str) -> dict[str, int]:
        """Count the rooms that meet every condition by a field of words, most frequent first.

        Words with equal counts are in alphabetical order; at most MAX_WORDS are returned.
        """

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        """Group the rooms that meet every condition by cells of `side` degrees.

        Cells are ordered from south to north, then from west to east.
        """

    def check(self) -> None:
        """Raise RepositoryUnavailable unless the other methods can work now."""

    def connections(self) -> Connections:
        """Return the connections of this process, without a request to the storage."""

    def close(self) -> None:
        """Close all connections; no method may be called after that."""


class TokenReader(Protocol):
    """Tokens as the application role may use them. Errors and transactions as RoomRepository."""

    def find(self, name: str) -> Token | None:
        """Return the token with that name, or None."""

    def list(self) -> Sequence[Token]:
        """Return every token, by name."""


class Tokens(TokenReader, Protocol):
    """Tokens, identified by their names."""

    def add(self, token: Token) -> None:
        """Save a new token, or raise TokenConflict if its name is taken."""

    def revoke(self, name: str) -> None:
        """Delete the token, or raise TokenNotFound."""


class Storage(NamedTuple):
    """Rooms and tokens of one storage."""

    rooms: RoomRepository
    tokens: Tokens

    def close(self) -> None:
        """Close all connections; nothing may be used after that."""
        self.rooms.close()


class Limits(NamedTuple):
    """Timeouts in seconds, after which a storage raises RepositoryUnavailable."""

    statement: int = 5
    lock: int = 3
    idle: int = 60  # in a transaction
    pool: int = 3  # waiting for a free connection
