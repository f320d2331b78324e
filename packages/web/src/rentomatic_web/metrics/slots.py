"""Slots of metric files, so that the workers of gunicorn count together.

prometheus_client writes files for each process. Here they belong to a slot: a new worker takes the
slot of one that ended, with its counts. So files do not accumulate, and no count is lost.
"""

import logging
import os
from pathlib import Path

from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

from rentomatic_web.locks import Locks

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# Bytes of each kind of file. They are allocated first, because the kernel ends a process by SIGBUS
# if it writes to a mapped page for which a full file system has no room.
SIZES = {
    "counter": 2**16,
    "gauge_livemax": 2**16,
    "gauge_livesum": 2**16,
    "histogram": 2**21,
}

log = logging.getLogger(__name__)


class MetricSlots:
    """The slots in a folder; each is a lock, which a process holds until it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._slot: int | None = None
        os.environ[FOLDER] = str(folder)

    def take(self) -> None:
        """Use the lowest free slot for all metrics that are created after this.

        Without room for its files, this process counts alone, and its counts are not exposed.
        """
        values.ValueClass = values.MutexValue
        try:
            self._folder.mkdir(exist_ok=True)
            self._locks = Locks(self._folder / "slots")
            slot = self._locks.acquire_lowest()
            mark_process_dead(slot)  # type: ignore[no-untyped-call]
            for kind, size in SIZES.items():
                _allocate(self._folder / f"{kind}_{slot}.db", size)
        except OSError as error:
            log.error("Metrics are incomplete: no room for the files of a worker (%s)", error)
            return
        self._slot = slot
        values.ValueClass = values.MultiProcessValue(lambda: slot)  # type: ignore[no-untyped-call]

    def remove_dead_gauges(self) -> None:
        """Remove the gauges of ended workers, such as their connections."""
        if self._slot is None:
            return
        for file in self._folder.glob("gauge_livesum_*.db"):
            slot = int(file.stem.rpartition("_")[2])
            if self._locks.acquire(slot):
                mark_process_dead(slot)  # type: ignore[no-untyped-call]
                self._locks.release(slot)


def _allocate(file: Path, size: int) -> None:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError:
        file.unlink()
        raise
    finally:
        os.close(descriptor)
