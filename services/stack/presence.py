"""The one stack of a state: a lock that it keeps, on a file that holds its process id."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.stack.locks import lock_file, try_to_take
from services.stack.state import State

START_TIME = 19  # among the fields of /proc/PID/stat after the name of the command
WRITING_SECONDS = 1


@contextmanager
def alone(state: State) -> Iterator[None]:
    """Be the only stack of this state, or end with a line that names the other."""
    with lock_file(_file(state)) as lock:
        if not try_to_take(lock):
            pid = running(state)
            raise SystemExit(f"The stack runs already (process {pid}): `just down` stops it")
        lock.truncate(0)
        lock.write(f"{os.getpid()} {_started(os.getpid())}")
        lock.flush()
        yield


def running(state: State) -> int | None:
    """Return the process id of the stack, or None.

    Ends with a line if the lock is held by a process that is not the one in the file.
    """
    file = _file(state)
    deadline = time.monotonic() + WRITING_SECONDS
    with lock_file(file) as lock:
        while not try_to_take(lock):
            if pid := _holder(file.read_text("utf-8")):
                return pid
            if time.monotonic() > deadline:
                raise SystemExit(f"{file} is locked by a process that it does not name")
            time.sleep(0.05)
        return None


def _holder(text: str) -> int | None:
    """Return the process that has written the text, if it still runs: ids are given again."""
    pid, _, started = text.partition(" ")
    # Stacks of older versions have written their id alone.
    is_same = pid.isdecimal() and (not started or started == _started(int(pid)))
    return int(pid) if is_same else None


def _started(pid: int) -> str:
    """Return when a process was started, in ticks since the machine was; "" if unknown."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[START_TIME]


def _file(state: State) -> Path:
    return state.folder / "stack"
