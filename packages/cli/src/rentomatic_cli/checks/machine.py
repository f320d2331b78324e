"""Checks of the machine, which need no settings."""

import os
import resource
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from rentomatic.checks import Result, Results, error, guarded, ok, warning

SHARED_MEMORY = Path("/dev/shm")  # nosec B108 # noqa: S108 (for gunicorn's heartbeat files)
MOUNTS = Path("/proc/mounts")
MIN_FREE_BYTES = 16 * 2**20
# Nginx opens up to 512 client connections per worker, most with another one to gunicorn.
MIN_OPEN_FILES = 1024


def check() -> Results:
    checks: dict[str, Callable[[], Results]] = {
        "memory": lambda: iter([check_memory(SHARED_MEMORY, MOUNTS.read_text("utf-8"))]),
        "open files": lambda: iter(
            [check_open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[0])]
        ),
        "sockets": lambda: check_sockets(
            Path(os.environ.get("RENTOMATIC_STATE") or ".state") / "run"
        ),
    }
    for subject, run in checks.items():
        yield from guarded(subject, run())


def check_memory(folder: Path, mounts: str) -> Result:
    """Check that the folder of gunicorn's heartbeat files is a tmpfs; `mounts` is /proc/mounts."""
    kinds = [words[2] for words in map(str.split, mounts.splitlines()) if words[1] == str(folder)]
    remedy = f"Mount a tmpfs: mount -t tmpfs tmpfs {folder}; in a container, --shm-size 64m"
    if kinds[-1:] != ["tmpfs"] or not os.access(folder, os.W_OK):
        message = f"{folder} is not a writable tmpfs: a slow disk can block gunicorn's heartbeats"
        return warning("memory", message, remedy)
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        message = f"{folder} has {free >> 20} MiB free, less than {MIN_FREE_BYTES >> 20} MiB"
        return warning("memory", message, f"Delete files in it, or enlarge it. {remedy}")
    return ok("memory", f"{folder} is a tmpfs with {free >> 20} MiB free")


def check_open_files(limit: int) -> Result:
    """Check the limit of open files per process; -1 means no limit."""
    if 0 <= limit < MIN_OPEN_FILES:
        message = f"A process may open {limit} files, but Nginx needs {MIN_OPEN_FILES}"
        remedy = (
            f"Run ulimit -n {MIN_OPEN_FILES}, or set LimitNOFILE={MIN_OPEN_FILES} in the"
            " systemd unit"
        )
        return error("open files", message, remedy)
    return ok("open files", f"A process may open {limit if limit >= 0 else 'any number of'} files")


def check_sockets(folder: Path) -> Results:
    """Check that only its owner can access the folder of the sockets, if it exists."""
    if not folder.exists():
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        message = (
            f"Other users can access {folder} ({mode:o}) and connect to the database as its owner"
        )
        yield error("sockets", message, f"chmod 700 {folder}")
    else:
        yield ok("sockets", f"Only its owner can access {folder}")
