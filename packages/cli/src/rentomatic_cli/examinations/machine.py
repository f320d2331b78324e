"""What the machine has to have, whatever the settings are."""

import os
import resource
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from rentomatic.checks import Finding, Findings, error, guarded, ok, warning

MEMORY = Path("/dev/shm")  # nosec B108 # noqa: S108 (gunicorn's heartbeats are there)
MOUNTS = Path("/proc/mounts")
ROOM_NEEDED = 16 * 2**20
# Nginx has 512 connections for each of its processes, most of them with one to gunicorn.
FILES_NEEDED = 1024


def examine() -> Findings:
    """Yield what is found of memory, open files, and the folder of the sockets."""
    examinations: dict[str, Callable[[], Findings]] = {
        "memory": lambda: iter([memory(MEMORY, MOUNTS.read_text("utf-8"))]),
        "open files": lambda: iter([open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[0])]),
        "sockets": lambda: sockets(Path(os.environ.get("RENTOMATIC_STATE") or ".state") / "run"),
    }
    for subject, found in examinations.items():
        yield from guarded(subject, found())


def memory(folder: Path, mounts: str) -> Finding:
    """Say whether gunicorn's heartbeats have a folder in memory."""
    kinds = [words[2] for words in map(str.split, mounts.splitlines()) if words[1] == str(folder)]
    remedy = f"Mount it: mount -t tmpfs tmpfs {folder}; in a container, --shm-size 64m"
    if kinds[-1:] != ["tmpfs"] or not os.access(folder, os.W_OK):
        message = f"{folder} is no tmpfs that can be written: a slow disk may stop gunicorn"
        return warning("memory", message, remedy)
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        message = f"{folder} has {free >> 20} MiB left, less than {ROOM_NEEDED >> 20}"
        return warning("memory", message, f"Delete what is in it, or enlarge it. {remedy}")
    return ok("memory", f"{folder} is a tmpfs with {free >> 20} MiB left")


def open_files(limit: int) -> Finding:
    """Say whether a process may open as many files as Nginx needs."""
    if 0 <= limit < FILES_NEEDED:
        message = f"A process may open {limit} files, fewer than {FILES_NEEDED}"
        remedy = f"ulimit -n {FILES_NEEDED}, or LimitNOFILE={FILES_NEEDED} in a unit of systemd"
        return error("open files", message, remedy)
    return ok("open files", f"A process may open {limit if limit >= 0 else 'any number of'} files")


def sockets(folder: Path) -> Findings:
    """Say whether only its owner enters the folder of the sockets, where one is in use."""
    if not folder.exists():
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        message = f"Others can enter {folder} ({mode:o}), and so use the database as its owner"
        yield error("sockets", message, f"chmod 700 {folder}")
    else:
        yield ok("sockets", f"Only its owner enters {folder}")
