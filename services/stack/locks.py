"""Locks between processes: the kernel frees them even when a process is killed."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def lock_file(path: Path) -> Iterator[TextIO]:
    """Open a file to lock; every lock on it ends with the block, at the latest."""
    with path.open("a+", encoding="utf-8") as file:
        yield file


def share(file: TextIO) -> None:
    """Wait until nobody has the lock alone, and have it together with others."""
    fcntl.flock(file, fcntl.LOCK_SH)


def take(file: TextIO) -> None:
    """Wait until nobody has the lock, and have it alone."""
    fcntl.flock(file, fcntl.LOCK_EX)


def try_to_take(file: TextIO) -> bool:
    """Have the lock alone, or lose what this process had of it and say that others have it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
