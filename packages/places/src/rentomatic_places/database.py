"""The SQLite file with the places."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

PATH = Path(__file__).with_name("places.sqlite")

# No copy of the file's pages in the memory of each process.
_PRAGMAS = ("PRAGMA mmap_size = 67108864", "PRAGMA cache_size = -128")


class _Connection(sqlite3.Connection):
    def __del__(self) -> None:
        # At the end of a thread; otherwise, Python warns of a connection that is not closed.
        self.close()


class Database:
    """Connections to the file, one for each thread and process, opened when they are needed."""

    def __init__(self, path: Path = PATH) -> None:
        self._uri = f"{path.as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()

    def rows(self, statement: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        return [*self.each(statement, parameters)]

    def each(self, statement: str, parameters: Iterable[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield rows while the caller reads them."""
        return self._connection.execute(statement, tuple(parameters))

    @property
    def _connection(self) -> sqlite3.Connection:
        # A connection must not be used after a fork.
        if getattr(self._local, "process", None) != os.getpid():
            self._local.connection = self._open()
            self._local.process = os.getpid()
        return cast(sqlite3.Connection, self._local.connection)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._uri, uri=True, check_same_thread=False, factory=_Connection
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection
