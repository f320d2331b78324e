"""Values that take seconds to compute."""

import time
from pathlib import Path

import pytest
from flask import Flask

from rentomatic.errors import RepositoryUnavailable
from rentomatic_web.locks import Locks
from rentomatic_web.storage import kept
from rentomatic_web.storage.kept import Computation, Kept
from rentomatic_web.storage.results import Result, Results
from rentomatic_web.storage.slots import Slots


class Source:
    """Computes 1, then 2, and so on; fails if `is_away`."""

    def __init__(self) -> None:
        self.computed, self.is_away = 0, False

    def compute(self) -> int:
        if self.is_away:
            raise RepositoryUnavailable
        self.computed += 1
        return self.computed


def keeping(source: Source, folder: Path | None = None, slots: int = 1) -> Kept[int]:
    computation = Computation("value", source.compute, str, int)
    limit = Slots(slots, Locks(), lambda _: None, "Busy")
    return Kept(computation, Results(folder), limit)


def found_on_page(value: Kept[int]) -> int | None:
    """Return the value for a page, after its response has been sent."""
    app = Flask(__name__)
    app.add_url_rule("/", "page", lambda: {"value": value.find()})
    with app.test_client().get("/") as answer:
        assert answer.json
        found: int | None = answer.json["value"]
    return found


@pytest.fixture
def source() -> Source:
    return Source()


def test_a_value_is_computed_once(source: Source) -> None:
    value = keeping(source)

    assert (value.get(), value.get(), value.find()) == (1, 1, 1)


def test_a_page_does_not_wait_for_a_value(source: Source) -> None:
    value = keeping(source)

    assert found_on_page(value) is None
    assert found_on_page(value) == 1


def test_a_value_is_not_computed_again_after_its_first_response(source: Source) -> None:
    value = keeping(source)
    app = Flask(__name__)
    app.add_url_rule("/", "page", lambda: {"value": value.get()})

    with app.test_client().get("/") as answer:
        assert answer.json == {"value": 1}
    assert source.computed == 1


def test_processes_share_a_value(source: Source, tmp_path: Path) -> None:
    assert keeping(source, tmp_path / "kept").get() == 1
    assert keeping(source, tmp_path / "kept").get() == 1


def test_an_old_value_is_used_and_computed_again_after_the_response(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MIN_AGE_SECONDS", 0)
    monkeypatch.setattr(kept, "LOOK_SECONDS", 0)
    value = keeping(source, tmp_path / "kept")
    value.get()

    assert found_on_page(value) == 1
    assert found_on_page(value) == 2
    assert keeping(source, tmp_path / "kept").find() == 3


def test_a_value_is_too_old_after_an_hour(source: Source, tmp_path: Path) -> None:
    results = Results(tmp_path / "kept")
    results.save("value", Result(["7", 0.5], time.time() - kept.MAX_AGE_SECONDS - 1))

    assert keeping(source, tmp_path / "kept").get() == 1


def test_a_slow_computation_is_repeated_less_often(source: Source, tmp_path: Path) -> None:
    results = Results(tmp_path / "kept")
    results.save("value", Result(["7", 2.0], time.time() - 500))
    value = keeping(source, tmp_path / "kept")

    assert [found_on_page(value) for _ in range(3)] == [7, 7, 7]
    assert source.computed == 0


def test_a_file_of_another_version_is_computed_again(source: Source, tmp_path: Path) -> None:
    results = Results(tmp_path / "kept")
    for content in (["x", 1.0], 7, [1], None, ["7", "x"]):
        results.save("value", Result(content, time.time()))

        assert keeping(Source(), tmp_path / "kept").get() == 1
    assert source.computed == 0


def test_a_storage_that_is_away_is_not_asked_by_every_page(source: Source) -> None:
    value, source.is_away = keeping(source), True

    assert found_on_page(value) is None
    source.is_away = False
    assert [found_on_page(value) for _ in range(3)] == [None, None, None]
    assert source.computed == 0
    assert value.get() == 1


def test_a_value_needs_a_slot(source: Source) -> None:
    value = keeping(source, slots=0)

    with pytest.raises(RepositoryUnavailable, match="Busy"):
        value.get()
    assert found_on_page(value) is None
