"""The one stack of a state: a lock that it keeps, on a file that holds its process id."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.stack.locks import lock_file, try_to_take
from services.stack.state import State


@contextmanager
def alone(state: State) -> Iterator[None]:
    """Be the only stack of this state, or end with a line that names the other."""
    with lock_file(_file(state)) as lock:
        if not try_to_take(lock):
            pid = running(state)
            raise SystemExit(f"The stack runs already (process {pid}): `just down` stops it")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def running(state: State) -> int | None:
    """Return the process id of the stack, or None."""
    with lock_file(_file(state)) as lock:
        return None if try_to_take(lock) else int(_file(state).read_text("utf-8"))


def _file(state: State) -> Path:
    return state.folder / "stack"
