"""The folder of a stack: paths, locks, and the process id of the running stack."""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

ROOT = Path(__file__).resolve().parents[2]

# The limit of Linux; supervisord appends its process id to its socket's name while it starts.
MAX_SOCKET_PATH_BYTES = 107
LONGEST_SOCKET_NAME = "supervisor.sock.4194304"

START_TIME = 19  # index in /proc/PID/stat after the command, proc_pid_stat(5)
WRITE_TIMEOUT_SECONDS = 1


@dataclass(frozen=True)
class State:
    """Paths of all files that a stack writes."""

    folder: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Return the state in RENTOMATIC_STATE, by default in `.state` of this checkout."""
        state = cls(ROOT / (environ.get("RENTOMATIC_STATE") or ".state"))
        excess = len(bytes(state.run / LONGEST_SOCKET_NAME)) - MAX_SOCKET_PATH_BYTES
        if excess > 0:
            raise SystemExit(
                f"RENTOMATIC_STATE: {state.folder} is {excess} bytes too long for unix sockets; "
                "choose a folder with a shorter path"
            )
        return state

    def make_folders(self) -> None:
        """Create the folders, and let only their owner enter them: sockets have no passwords."""
        try:
            for folder in (self.folder, self.run, self.log):
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            message = f"RENTOMATIC_STATE: {self.folder} cannot be used ({error.strerror})"
            raise SystemExit(message) from None

    @property
    def data(self) -> Path:
        """Data directory of the embedded PostgreSQL."""
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def secret_key(self) -> Path:
        """Generated key that signs sessions, used if no setting has one."""
        return self.folder / "secret-key"

    @property
    def photos(self) -> Path:
        """Folder of the photos, used if no setting names one."""
        return self.folder / "photos"

    @property
    def stack_lock(self) -> Path:
        """Locked by the running stack; contains its process id and start time."""
        return self.folder / "stack"

    @property
    def run(self) -> Path:
        """Folder of the sockets and of rendered configuration."""
        return self.folder / "run"

    @property
    def gunicorn_socket(self) -> Path:
        return self.run / "gunicorn.sock"

    @property
    def workers(self) -> Path:
        """Folder with a file for each gunicorn worker that serves, named by its process id."""
        return self.run / "workers"

    @property
    def stop_timeout(self) -> Path:
        """Contains the seconds that the running stack may take to stop."""
        return self.run / "stop-timeout"

    @property
    def drain_file(self) -> Path:
        """Exists once shutdown has begun; /readyz then returns 503."""
        return self.run / "draining"


@contextmanager
def lock_file(path: Path) -> Iterator[TextIO]:
    """Open a file for flock(2). The kernel frees its locks on close, even after SIGKILL."""
    with path.open("a+", encoding="utf-8") as file:
        yield file


def lock_shared(file: TextIO) -> None:
    fcntl.flock(file, fcntl.LOCK_SH)


def lock_exclusive(file: TextIO) -> None:
    fcntl.flock(file, fcntl.LOCK_EX)


def try_lock_exclusive(file: TextIO) -> bool:
    """Take the lock, or return False without waiting; a shared lock of this process is then lost.

    flock(2) converts a lock by releasing it first.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def lock_stack(state: State) -> Iterator[None]:
    """Register this process as the only stack of the folder; exit if another one runs."""
    with lock_file(state.stack_lock) as lock:
        if not try_lock_exclusive(lock):
            pid = running_stack(state)
            raise SystemExit(f"The stack is already running (process {pid}): `just down` stops it")
        lock.truncate(0)
        lock.write(f"{os.getpid()} {_start_time(os.getpid())}")
        lock.flush()
        yield


def running_stack(state: State) -> int | None:
    """Return the process id of the running stack, or None.

    Exits if the process that holds the lock is not the process in the file.
    """
    file = state.stack_lock
    deadline = time.monotonic() + WRITE_TIMEOUT_SECONDS
    with lock_file(file) as lock:
        while not try_lock_exclusive(lock):
            if pid := _registered_process(file.read_text("utf-8")):
                return pid
            if time.monotonic() > deadline:
                raise SystemExit(f"{file} is locked by a process other than the one in the file")
            time.sleep(0.05)
        return None


def _registered_process(text: str) -> int | None:
    """Return the process of a lock file's text if it still runs; Linux reuses process ids."""
    pid, _, start_time = text.partition(" ")
    # Stacks of older versions have written only the process id.
    runs = pid.isdecimal() and (not start_time or start_time == _start_time(int(pid)))
    return int(pid) if runs else None


def _start_time(pid: int) -> str:
    """Return the start of a process in clock ticks since boot, or "" if it does not run."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[START_TIME]
