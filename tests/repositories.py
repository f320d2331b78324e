"""Repositories that fail."""

from typing import NoReturn

from rentomatic.domain.query import Query
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import MemoryRooms


class AwayRooms(MemoryRooms):
    """Rooms whose storage is unavailable."""

    def search(self, query: Query) -> NoReturn:
        raise RepositoryUnavailable from ConnectionError(f"no host db.internal for {query}")

    def check(self) -> None:
        raise RepositoryUnavailable


class BrokenRooms(MemoryRooms):
    """Rooms with a bug."""

    def search(self, query: Query) -> NoReturn:
        raise ZeroDivisionError(f"a secret in {query}")
