"""Locks that processes share."""

import os
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from rentomatic_web.locks import Locks

processes: Any = get_context("fork")


def acquire_all(file: Path, results: Any) -> None:
    locks = Locks(file)
    results.put([number for number in range(4) if locks.acquire(number)])
    os._exit(0)  # without a release


def acquired_elsewhere(file: Path) -> list[int]:
    results = processes.SimpleQueue()
    process = processes.Process(target=acquire_all, args=(file, results))
    process.start()
    process.join()
    found: list[int] = results.get()
    return found


def test_a_lock_is_held_once_in_all_processes_until_its_process_ends(tmp_path: Path) -> None:
    file = tmp_path / "locks"
    locks = Locks(file)
    assert locks.acquire(1)
    assert locks.acquire(2)

    assert acquired_elsewhere(file) == [0, 3]
    locks.release(2)
    assert acquired_elsewhere(file) == [0, 2, 3]
    assert not locks.acquire(1)


@pytest.mark.parametrize("name", ["locks", None])
def test_the_lowest_free_lock_is_acquired(tmp_path: Path, name: str | None) -> None:
    locks = Locks(tmp_path / name if name else None)

    assert [locks.acquire_lowest(2) for _ in range(3)] == [0, 1, None]
    locks.release(0)
    assert locks.acquire_lowest() == 0
    assert locks.acquire_lowest() == 2


def test_locks_without_a_file_are_those_of_this_object() -> None:
    first, second = Locks(), Locks()

    assert first.acquire(0)
    assert not first.acquire(0)
    assert second.acquire(0)


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Locks(tmp_path / "missing" / "locks")
