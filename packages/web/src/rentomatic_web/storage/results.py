"""Results that processes share for a short time, in a bounded number of files."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Generic, NamedTuple, TypeVar

import orjson

from rentomatic.errors import RepositoryUnavailable
from rentomatic_web.locks import Locks

T = TypeVar("T")

# Results whose keys have the same place replace each other. Clusters, the largest results, have
# 0.1 MB.
PLACES = 256
POLL_SECONDS = 0.01
WAIT_SECONDS = 2.0


class Result(NamedTuple, Generic[T]):
    """A value, and the Unix time at which its computation began."""

    value: T
    time: float


class Results:
    """The results in a folder, of one origin, such as a database.

    Without a folder, or if it cannot be used, nothing is kept.
    """

    def __init__(self, folder: Path | None = None, origin: str = "") -> None:
        self._folder, self._origin, self._locks = folder, origin, Locks()
        if folder:
            try:
                folder.mkdir(mode=0o700, exist_ok=True)
                self._locks = Locks(folder / "locks")
            except OSError:
                self._folder = None

    def find(self, key: object, convert: Callable[[Any], T], since: float) -> Result[T] | None:
        """Return a result whose computation began after `since`, converted from JSON."""
        digest, place = self._address(key)
        if self._folder is None:
            return None
        # Ignore files that are damaged or were written by another version.
        with suppress(OSError, ValueError, TypeError, KeyError):
            file = self._folder / str(place)
            # Parsing may take 0.1 s, and most files are not newer than `since`.
            if file.stat().st_mtime <= since:
                return None
            found, began, value = orjson.loads(file.read_bytes())
            if found == digest and since < began <= time.time():
                return Result(convert(value), began)
        return None

    def save(self, key: object, result: Result[Any]) -> None:
        """Save a value that JSON has; on a full disk, nothing is saved."""
        digest, place = self._address(key)
        if self._folder:
            content = orjson.dumps([digest, result.time, result.value])
            with suppress(OSError):
                _replace(self._folder / str(place), content, result.time)

    @contextmanager
    def computing(self, key: object) -> Iterator[None]:
        """Let one process at a time compute a result; the others wait.

        Raises RepositoryUnavailable after WAIT_SECONDS.
        """
        _, place = self._address(key)
        deadline = time.monotonic() + WAIT_SECONDS
        while not self._locks.acquire(place):
            if time.monotonic() > deadline:
                raise RepositoryUnavailable("Another request still computes this")
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            self._locks.release(place)

    def _address(self, key: object) -> tuple[str, int]:
        digest = sha256(repr((self._origin, key)).encode()).hexdigest()
        return digest, int(digest[:8], 16) % PLACES


def _replace(file: Path, content: bytes, changed: float) -> None:
    """Write a file of that time so that readers find the old or the new content."""
    with NamedTemporaryFile(dir=file.parent, delete=False) as new:
        try:
            new.write(content)
            new.flush()
            os.utime(new.name, (changed, changed))
            Path(new.name).replace(file)
        except OSError:
            Path(new.name).unlink()
            raise
