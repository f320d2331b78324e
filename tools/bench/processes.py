"""CPU time of processes, from /proc."""

import os
from pathlib import Path
from typing import NamedTuple

import psycopg

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Times(NamedTuple):
    """The parent of a process, and the ticks of CPU time of it and of its ended children."""

    parent: int
    ticks: int


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and all its descendants since their start."""
    times = {int(file.name): _times(file) for file in Path("/proc").glob("[0-9]*")}
    tree, ticks = [pid], 0
    for ancestor in tree:
        ticks += times[ancestor].ticks
        tree += (child for child, (parent, _) in times.items() if parent == ancestor)
    return ticks / TICKS_PER_SECOND


def children(pid: int) -> list[int]:
    """Return the process ids of the children of a process."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8")
    return sorted(map(int, text.split()))


def postmaster(url: str) -> int:
    """Return the process id of the PostgreSQL server, which must run on this machine."""
    with psycopg.connect(url) as connection:
        return _times(Path(f"/proc/{connection.info.backend_pid}")).parent


def _times(process: Path) -> Times:
    """Return the times of a process; zeros if it has ended."""
    try:
        # The name of the program, in parentheses, may contain spaces.
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return Times(0, 0)
    return Times(int(fields[1]), sum(map(int, fields[11:15])))
