"""Results that processes share."""

import os
import resource
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from rentomatic.errors import RepositoryUnavailable
from rentomatic_web.storage.results import PLACES, Result, Results

processes: Any = get_context("fork")


def value(results: Results, key: object, since: float = 0) -> Any:
    """Return the value of a result, or None."""
    found = results.find(key, lambda value: value, since)
    return found and found.value


def in_process(work: Any, *arguments: Any) -> int:
    process = processes.Process(target=work, args=arguments)
    process.start()
    process.join()
    return int(process.exitcode)


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path / "results")


def test_a_result_is_found_by_its_key_until_it_is_too_old(results: Results) -> None:
    began = time.time() - 10
    results.save(("a", 1), Result([1, 2], began))

    assert value(results, ("a", 1)) == [1, 2]
    assert value(results, ("a", 1), began - 1) == [1, 2]
    assert value(results, ("a", 1), began) is None
    assert value(results, ("a", 2)) is None


def test_a_result_that_is_too_old_is_not_read(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.time() - 10
    results.save("a", Result(1, began))
    monkeypatch.setattr(Path, "read_bytes", pytest.fail)

    assert value(results, "a", began) is None


def test_a_result_of_the_future_is_not_used(results: Results) -> None:
    results.save("a", Result(1, time.time() + 60))

    assert value(results, "a") is None


def test_another_process_finds_it_and_another_origin_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "results"

    def save() -> None:
        Results(folder, "one").save("a", Result(1, time.time()))

    assert in_process(save) == 0
    assert value(Results(folder, "one"), "a") == 1
    assert value(Results(folder, "two"), "a") is None


def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    results = Results(tmp_path / "results")
    for key in range(4 * PLACES):
        results.save(key, Result(key, time.time()))
        assert value(results, key) == key

    assert len(list((tmp_path / "results").iterdir())) <= PLACES + 1


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"[1, 2, 3]", b"null", b"\xff"])
def test_a_damaged_file_is_no_result_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    results = Results(tmp_path / "results")
    results.save("a", Result(1, time.time()))
    file = next(each for each in (tmp_path / "results").iterdir() if each.name != "locks")
    file.write_bytes(content)

    assert value(results, "a") is None
    results.save("a", Result(2, time.time()))
    assert value(results, "a") == 2


def test_a_value_that_does_not_convert_is_no_result(results: Results) -> None:
    results.save("a", Result({"other": 1}, time.time()))

    assert results.find("a", lambda value: value["name"], 0) is None
    assert results.find("a", lambda value: int(**value), 0) is None


def test_nothing_is_kept_without_a_folder(tmp_path: Path) -> None:
    for results in (Results(), Results(tmp_path / "missing" / "results")):
        results.save("a", Result(1, time.time()))
        with results.computing("a"):
            assert value(results, "a") is None


def test_nothing_is_saved_once_the_folder_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    results = Results(folder)
    (folder / "locks").unlink()
    folder.rmdir()

    results.save("a", Result(1, time.time()))

    assert value(results, "a") is None
    assert not folder.exists()


def test_a_full_disk_leaves_the_old_result_and_no_other_file(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    results = Results(folder)
    results.save("a", Result(1, time.time()))

    def save() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        results.save("a", Result(2, time.time()))

    assert in_process(save) == 0
    assert value(results, "a") == 1
    assert len(list(folder.iterdir())) == 2


def test_a_process_that_ends_while_computing_blocks_nobody(tmp_path: Path) -> None:
    results = Results(tmp_path / "results")

    def end() -> None:
        with Results(tmp_path / "results").computing("a"):
            os._exit(7)

    assert in_process(end) == 7
    with results.computing("a"):
        pass


def test_a_result_is_computed_once_at_a_time(tmp_path: Path) -> None:
    """Each process reads and writes one number; a lost update would show that two did at once."""
    number = tmp_path / "number"
    number.write_text("0")

    def count() -> None:
        results = Results(tmp_path / "results")
        for _ in range(50):
            with results.computing("a"):
                number.write_text(str(int(number.read_text()) + 1))

    started = [processes.Process(target=count) for _ in range(3)]
    for process in started:
        process.start()
    for process in started:
        process.join()

    assert number.read_text() == "150"


def test_requests_wait_only_for_some_time_for_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rentomatic_web.storage.results.WAIT_SECONDS", 0.05)
    results = Results(tmp_path)

    with (
        results.computing("key"),
        pytest.raises(RepositoryUnavailable),
        results.computing("key"),
    ):
        pytest.fail("two compute the same result")
    with results.computing("key"):
        pass
