"""Locks that processes share through a file."""

import fcntl
import os
from itertools import count
from pathlib import Path
from threading import Lock


class Locks:
    """Numbered locks: locked bytes of a file, which the kernel unlocks when the process ends.

    Without a file, the locks are those of this process. Raises OSError if the file cannot be
    opened.
    """

    def __init__(self, file: Path | None = None) -> None:
        # Never closed: closing any descriptor of the file would unlock all bytes.
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600) if file else None
        self._held: set[int] = set()  # by this process, which the kernel would let lock them again
        self._mutex = Lock()

    def acquire(self, number: int) -> bool:
        """Acquire a lock and return True, or return False at once if it is held."""
        with self._mutex:
            if number in self._held or not self._lock(number):
                return False
            self._held.add(number)
            return True

    def acquire_lowest(self, limit: int | None = None) -> int | None:
        """Acquire the free lock with the lowest number below the limit, if there is one."""
        numbers = count() if limit is None else range(limit)
        return next((number for number in numbers if self.acquire(number)), None)

    def release(self, number: int) -> None:
        with self._mutex:
            self._held.remove(number)
            if self._descriptor is not None:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, number)

    def _lock(self, number: int) -> bool:
        if self._descriptor is None:
            return True
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except BlockingIOError:
            return False
        return True
