"""What lets gunicorn's processes count together: files that belong to slots, not to processes.

A process that takes another one's slot goes on with its figures, so that files neither get more
with every replaced process nor lose what a killed one has counted.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "rentomatic-metrics-"
# Bytes of each kind of file. They are allocated beforehand, because the kernel ends a process by
# SIGBUS if it writes to a mapped page for which a full file system has no room.
SIZES = {
    "counter": 2**16,
    "gauge_livemax": 2**16,
    "gauge_livesum": 2**16,
    "histogram": 2**21,
}


def make_folder(server: Any, parent: str | None) -> None:
    """Make the folder of a master, and remove those of masters that were killed.

    The kernel lets go of a folder's lock when the last process of its master is gone.
    """
    try:
        parent = parent or tempfile.gettempdir()
        for left in Path(parent).glob(f"{PREFIX}*"):
            _remove_if_left(left)
        folder = _locked_folder(parent)
        os.chown(folder, server.cfg.uid, server.cfg.gid)
        os.environ[FOLDER] = folder
    except OSError as error:
        _report(server, error)


def remove_folder() -> None:
    """Remove the folder of this master."""
    if FOLDER in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def reserve(server: Any, worker: Any) -> None:
    """Give a worker that is about to be forked the lowest free slot, and allocate its files.

    Without room for them, the worker has no slot and counts nothing.
    """
    taken = {other.slot for other in server.WORKERS.values()}
    slot = next(slot for slot in count() if slot not in taken)
    worker.slot = None
    if FOLDER not in os.environ:
        return
    try:
        for kind, size in SIZES.items():
            _allocate(Path(os.environ[FOLDER], f"{kind}_{slot}.db"), size, server.cfg)
        worker.slot = slot
    except OSError as error:
        _report(server, error)


def enter(worker: Any) -> None:
    """Use the slot of this worker for all metrics that are made from now on."""
    if worker.slot is None:
        values.ValueClass = values.MutexValue
    else:
        values.ValueClass = values.MultiProcessValue(lambda: worker.slot)  # type: ignore[no-untyped-call]


def leave(worker: Any) -> None:
    """Remove the gauges of a worker that is gone, such as its connections."""
    if worker.slot is not None:
        mark_process_dead(worker.slot)  # type: ignore[no-untyped-call]


def _allocate(file: Path, size: int, cfg: Any) -> None:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
        os.fchown(descriptor, cfg.uid, cfg.gid)
    except OSError:
        file.unlink()
        raise
    finally:
        os.close(descriptor)


def _report(server: Any, error: OSError) -> None:
    """Log once that metrics are missing or incomplete."""
    if not getattr(server, "lacks_metrics", False):
        server.lacks_metrics = True
        server.log.error("Metrics are incomplete: no room for the files of a process (%s)", error)


def _locked_folder(parent: str) -> str:
    while True:
        folder = tempfile.mkdtemp(prefix=PREFIX, dir=parent)
        # Kept open, and by every worker, for as long as they live.
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)
        if Path(folder).exists():  # nobody has taken it for one that was left
            return folder


def _remove_if_left(folder: Path) -> None:
    with suppress(OSError):  # somebody else's, or in use
        directory = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(directory)
