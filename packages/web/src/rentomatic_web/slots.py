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


def make_folder(server: Any, parent: str | None) -> None:
    """Make the folder of a master, and remove those of masters that were killed.

    The kernel lets go of a folder's lock when the last process of its master is gone.
    """
    parent = parent or tempfile.gettempdir()
    for left in Path(parent).glob(f"{PREFIX}*"):
        _remove_if_left(left)
    os.environ[FOLDER] = folder = _locked_folder(parent)
    os.chown(folder, server.cfg.uid, server.cfg.gid)


def remove_folder() -> None:
    """Remove the folder of this master."""
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def reserve(server: Any, worker: Any) -> None:
    """Give a worker that is about to be forked the lowest slot that no living one has."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(slot for slot in count() if slot not in taken)


def enter(worker: Any) -> None:
    """Let this process, which is the worker, count in its slot from now on."""
    values.ValueClass = values.MultiProcessValue(lambda: worker.slot)  # type: ignore[no-untyped-call]


def leave(worker: Any) -> None:
    """Forget what was so only while the worker lived, such as its connections."""
    mark_process_dead(worker.slot)  # type: ignore[no-untyped-call]


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
