"""Programs that tests run, each in a folder of its own, which is gone when the test run is."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

PATIENCE_SECONDS = 30
IN_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it)
ROOM_NEEDED = 512 * 2**20


def missing(program: str) -> NoReturn:
    """Skip the test, which needs the program, except where everything has to be there."""
    outcome = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    outcome(f"{program} is not installed")


def find(program: str) -> str:
    """Return the path of a program beside our Python or on PATH, or skip the test."""
    folders = os.pathsep.join(
        # Debian keeps servers in /usr/sbin, where only root looks for programs.
        [str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"]
    )
    return shutil.which(program, path=folders) or missing(program)


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def folder(room_needed: int = ROOM_NEEDED) -> Iterator[Path]:
    """Lend a folder, in memory when there is room."""
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > room_needed
    with tempfile.TemporaryDirectory(
        prefix="rentomatic-", dir=IN_MEMORY if roomy else None
    ) as name:
        yield Path(name)


@contextmanager
def running(
    argv: list[str],
    log: Path,
    ready: Callable[[], bool],
    stop: int = signal.SIGTERM,
    environ: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """Run a program while it is needed, from when it is ready on, and lend its process id."""
    with log.open("wb") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=subprocess.STDOUT, env=environ)
    try:
        _wait(process, ready, log)
        yield process.pid
    finally:
        process.send_signal(stop)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"{process.args!r} does not start:\n{log.read_text()}")
        time.sleep(0.02)
