"""The limit of heavy reads, and their results."""

from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from rentomatic.domain.conditions import Filter, Filters
from rentomatic.domain.operators import Operator
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms, MemoryTokens
from rentomatic.repository.protocols import Storage
from rentomatic.responses import Cluster, Facet
from rentomatic.settings.settings import load
from rentomatic_web import create_app
from rentomatic_web.locks import Locks
from rentomatic_web.storage import heavy
from rentomatic_web.storage.heavy import HeavyRooms
from rentomatic_web.storage.results import Results
from rentomatic_web.storage.slots import Slots
from tests.apps import client_of
from tests.rooms import room

FIELDS = ("size", "price", "longitude")
MANY = "&".join(f"filter_{field}__{name}=1" for field in FIELDS for name in ("ne", "gt", "gte"))
HEAVY = (
    "/rooms/facets",
    "/rooms/clusters?bbox=-180,-90,180,90",
    "/rooms/export.csv",
    "/rooms?count=exact",
    "/rooms?%63ount=exact",
    "/%72ooms/facets",
    "/rooms?near_longitude=0&near_latitude=0&sort=-distance",
    f"/rooms?{MANY}",
)


class Asking(MemoryRooms):
    """Rooms that ask for a page while their facets are worked out."""

    def facet(self, filters: Filters, field: str) -> Facet:
        self.answers = {path: self.client.get(path) for path in (*HEAVY, "/rooms", "/")}
        return super().facet(filters, field)

    client: Any = None


@pytest.fixture
def rooms() -> Asking:
    rooms = Asking(EXAMPLE_ROOMS)
    rooms.client = client_of(rooms)
    return rooms


def test_heavy_reads_are_refused_while_there_is_no_slot(rooms: Asking) -> None:
    assert rooms.client.get("/rooms/facets").status_code == 200

    for path in HEAVY:
        answer = rooms.answers[path]
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "1"), path
        assert answer.json["code"] == "repository_unavailable"


def test_searches_and_pages_go_on_meanwhile(rooms: Asking) -> None:
    rooms.client.get("/rooms/facets")

    assert rooms.answers["/rooms"].status_code == 200
    page = rooms.answers["/"]
    assert page.status_code == 200
    assert page.text.count('class="card"') == len(EXAMPLE_ROOMS)
    assert f'<h1 id="count">{len(EXAMPLE_ROOMS)} rooms</h1>' in page.text
    assert "charts are not available right now" in page.text


def heavy_rooms(
    rooms: MemoryRooms, file: Path | None = None, count: int = 1, outcomes: Any = None
) -> HeavyRooms:
    record = [].append if outcomes is None else outcomes.append
    slots = Slots(count, Locks(file and file / "slots"), record, "Too many")
    return HeavyRooms(rooms, slots, Results(file and file / "results"))


def test_a_slot_is_free_again_after_a_failure_and_after_an_export_that_was_given_up() -> None:
    rooms = heavy_rooms(MemoryRooms(EXAMPLE_ROOMS))
    for _ in range(3):
        scan = rooms.scan()
        next(scan)
        with pytest.raises(RepositoryUnavailable):
            rooms.count()
        del scan
        with pytest.raises(TypeError):
            rooms.count(1)  # type: ignore[arg-type]

    assert rooms.count() == len(EXAMPLE_ROOMS)


def sharing_client(rooms: MemoryRooms, folder: Path) -> FlaskClient:
    settings = load({"RENTOMATIC_REPOSITORY": "memory://"})
    return create_app(Storage(rooms, MemoryTokens()), settings, folder).test_client()


def count(answer: Response) -> int:
    assert answer.json
    return int(answer.json["count"])


class CountingRooms(MemoryRooms):
    """Rooms that count the computations of facets and clusters."""

    def __init__(self, log: Path) -> None:
        super().__init__(EXAMPLE_ROOMS)
        self.log = log

    def facet(self, filters: Filters, field: str) -> Facet:
        with self.log.open("a") as log:
            log.write(f"{field}\n")
        return super().facet(filters, field)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        with self.log.open("a") as log:
            log.write("clusters\n")
        return super().clusters(filters, side)

    def computed(self) -> dict[str, int]:
        return dict(Counter(self.log.read_text().split()))


@pytest.fixture
def counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CountingRooms:
    """Rooms whose results are kept, no matter how fast they are computed."""
    monkeypatch.setattr(heavy, "MIN_KEPT_SECONDS", 0)
    monkeypatch.setattr(heavy, "REFRESH_SECONDS", 3600)
    monkeypatch.setattr(heavy, "MAX_AGE_SECONDS", 3600)
    return CountingRooms(tmp_path / "log")


def test_a_kept_result_equals_the_computed_one_and_needs_no_slot(
    counting: CountingRooms, tmp_path: Path
) -> None:
    outcomes: list[str] = []
    first, second = (heavy_rooms(counting, tmp_path, outcomes=outcomes) for _ in range(2))
    filters = (Filter("price", Operator.GT, 48), Filter("size", Operator.LT, 5000))
    computed = first.facet(filters, "price"), first.clusters(filters, 11.25)

    with second._slots.taken():
        found = second.facet(filters[::-1], "price"), second.clusters(filters, 11.25)
        with pytest.raises(RepositoryUnavailable):
            second.clusters(filters, 22.5)

    assert found == computed
    assert counting.computed() == {"price": 1, "clusters": 1}
    assert Counter(outcomes) == {"started": 3, "kept": 2, "refused": 1}


def test_a_fast_result_is_not_kept(counting: CountingRooms, tmp_path: Path) -> None:
    heavy.MIN_KEPT_SECONDS = 3600
    rooms = heavy_rooms(counting, tmp_path)

    for _ in range(2):
        rooms.facet((), "price")

    assert counting.computed() == {"price": 2}


def test_processes_that_ask_at_once_compute_a_result_once(
    counting: CountingRooms, tmp_path: Path
) -> None:
    processes: Any = get_context("fork")
    barrier = processes.Barrier(4)

    def ask() -> None:
        rooms = heavy_rooms(counting, tmp_path, count=4)
        barrier.wait()
        rooms.facet((), "price")

    started = [processes.Process(target=ask) for _ in range(4)]
    for process in started:
        process.start()
    for process in started:
        process.join()

    assert [process.exitcode for process in started] == [0] * 4
    assert counting.computed() == {"price": 1}


def test_an_older_result_is_sent_with_its_age_and_one_is_computed_again_after_the_response(
    counting: CountingRooms, tmp_path: Path
) -> None:
    heavy.REFRESH_SECONDS = 0
    client = sharing_client(counting, tmp_path)
    assert "Age" not in client.get("/rooms/facets").headers
    counting.add(room(1, price=1))

    with client.get("/rooms/facets") as answer:
        assert count(answer) == len(EXAMPLE_ROOMS)
        assert answer.headers["Age"] == "0"
        assert counting.computed() == {"price": 1, "size": 1}
    assert counting.computed() == {"price": 2, "size": 1}
    assert count(client.get("/rooms/facets")) == len(EXAMPLE_ROOMS) + 1


def test_a_result_is_refreshed_only_if_there_is_a_slot(
    counting: CountingRooms, tmp_path: Path
) -> None:
    heavy.REFRESH_SECONDS = 0
    client = sharing_client(counting, tmp_path)
    client.get("/rooms/facets")

    slots = Locks(tmp_path / "heavy-reads")
    processes: Any = get_context("fork")
    parent, child = processes.Pipe()

    def hold() -> None:
        slots.acquire(0)
        child.send("held")
        child.recv()

    process = processes.Process(target=hold)
    process.start()
    assert parent.recv() == "held"
    assert client.get("/rooms/facets").status_code == 200
    assert counting.computed() == {"price": 1, "size": 1}
    parent.send("release")
    process.join()


def test_a_result_that_is_too_old_is_not_sent(counting: CountingRooms, tmp_path: Path) -> None:
    heavy.REFRESH_SECONDS = heavy.MAX_AGE_SECONDS = 0
    client = sharing_client(counting, tmp_path)
    for _ in range(2):
        assert "Age" not in client.get("/rooms/facets").headers

    assert counting.computed() == {"price": 2, "size": 2}


def test_counts_without_a_condition_are_kept(counting: CountingRooms, tmp_path: Path) -> None:
    outcomes: list[str] = []
    rooms = heavy_rooms(counting, tmp_path, outcomes=outcomes)
    filters = (Filter("price", Operator.LT, 50), Filter("size", Operator.GT, 300))

    assert rooms.counts_without(filters) == rooms.counts_without(filters)
    assert rooms.counts_without(filters[::-1]) == rooms.counts_without(filters)[::-1]
    assert Counter(outcomes) == {"started": 2, "kept": 2}
