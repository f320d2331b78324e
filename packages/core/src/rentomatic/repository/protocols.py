"""Where rooms are kept: one protocol, and the way from a URL to an adapter."""

from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from typing import NamedTuple, Protocol, cast

from rentomatic.domain.conditions import Filters
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Tokens
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.responses import Cluster, Facets, ImportReport

GROUP = "rentomatic.repositories"


class Connections(NamedTuple):
    """The connections of one process to its storage, and how often it waited for one in vain."""

    used: int = 0
    idle: int = 0
    limit: int = 0  # of both together; 0 is none
    timeouts: int = 0


class RoomRepository(Protocol):
    """Rooms, each known by its code. Each method is one transaction.

    Every method raises RepositoryUnavailable when the storage cannot be reached or takes too long.
    """

    def get(self, code: str) -> Room:
        """Return the room, or raise RoomNotFound."""

    def add(self, room: Room) -> None:
        """Keep a new room, or raise RoomConflict when its code is taken."""

    def replace(self, old: Room, new: Room) -> None:
        """Keep a room in place of the old one, which has its code.

        Raises RoomNotFound, or RoomChanged when there is another room by that code by now.
        """

    def remove(self, room: Room) -> None:
        """Forget the room.

        Raises RoomNotFound, or RoomChanged when there is another room by its code by now.
        """

    def put(
        self, rooms: Iterable[Room], dry_run: bool = False, patience: float | None = None
    ) -> ImportReport:
        """Keep every room, new or not, and count them; putting them again changes nothing.

        Of rooms with the same code the last one stays. Where the iterable raises, nothing changes.
        Nor does it on a dry run, which counts all the same, or when it takes longer than
        `patience` seconds, which raises RepositoryUnavailable.
        """

    def settle(self) -> None:
        """Do, after many rooms were written, what makes the next searches as fast as ever."""

    def search(self, query: Query) -> list[Room]:
        """Return the rooms that meet every filter, in the query's order, at most `limit`."""

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        """Yield every room that meets every filter, by price, then code, in constant memory.

        What is yielded is what there was when the first room was asked for, where the storage can
        promise that; writes go on meanwhile.
        """

    def count(self, filters: Filters = ()) -> int:
        """Return how many rooms meet every filter."""

    def facets(self, filters: Filters = ()) -> Facets:
        """Return how many rooms meet every condition, and how they spread over price and size."""

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        """Return the rooms that meet every condition by cells of that many degrees.

        Cells come from south to north, and from west to east in each row.
        """

    def check(self) -> None:
        """Raise RepositoryUnavailable unless every other method can do its work now."""

    def connections(self) -> Connections:
        """Return how many connections there are right now, without asking the storage."""

    def close(self) -> None:
        """Let go of every connection; no method is called afterwards."""


class Storage(NamedTuple):
    """What an adapter keeps at one URL."""

    rooms: RoomRepository
    tokens: Tokens

    def close(self) -> None:
        """Let go of every connection; nothing is used afterwards."""
        self.rooms.close()


class Limits(NamedTuple):
    """How many seconds a storage may take before it raises RepositoryUnavailable."""

    statement: int = 5  # one question to the storage
    lock: int = 3  # waiting for what another one writes
    idle: int = 60  # a transaction in which nothing happens
    pool: int = 3  # waiting for a connection that others use


def scheme(url: str) -> str:
    """Return the scheme of a URL without its driver: `postgresql` of postgresql+psycopg2://…"""
    # urlsplit would stop at a bracket in the password, before an adapter can say what is wrong.
    start, separator, _ = url.partition("://")
    return start.partition("+")[0].lower() if separator else ""


def connect(url: str, limits: Limits = Limits()) -> Storage:  # noqa: B008 (it cannot change)
    """Return what is kept at a URL; nothing is sent anywhere before its first method is called.

    Raises InvalidRequest when no installed package knows the URL's scheme.
    """
    found = entry_points(group=GROUP, name=scheme(url))
    if not found:
        known = ", ".join(sorted(f"{point.name}://" for point in entry_points(group=GROUP)))
        message = f"Names no kind of repository that is installed ({known})"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])
    (point,) = found
    return cast(Storage, point.load()(url, limits))
