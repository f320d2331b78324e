"""The limit of heavy reads."""

from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from rentomatic.domain.conditions import Filters
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from rentomatic.responses import Facet
from rentomatic_web.storage.heavy import LimitedRooms, Slots
from tests.apps import client_of

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
    assert '<h1 id="count">Rooms</h1>' in page.text


def test_a_slot_is_free_again_after_a_failure_and_after_an_export_that_was_given_up() -> None:
    rooms = LimitedRooms(MemoryRooms(EXAMPLE_ROOMS), Slots(1))
    for _ in range(3):
        scan = rooms.scan()
        next(scan)
        with pytest.raises(RepositoryUnavailable):
            rooms.count()
        del scan
        with pytest.raises(TypeError):
            rooms.count(1)  # type: ignore[arg-type]

    assert rooms.count() == len(EXAMPLE_ROOMS)


def take(file: Path, answers: Any) -> None:
    slots = Slots(3, file)
    with ExitStack() as stack:
        count = 0
        try:
            while True:
                stack.enter_context(slots.taken())
                count += 1
        except RepositoryUnavailable:
            answers.put(count)


def test_processes_share_the_slots_of_a_file_and_free_them_when_they_die(tmp_path: Path) -> None:
    file = tmp_path / "slots"
    processes = get_context("fork")
    answers: Any = processes.Queue()

    def others() -> int:
        process = processes.Process(target=take, args=(file, answers))
        process.start()
        process.join()
        return int(answers.get())

    mine = Slots(3, file)
    with mine.taken(), mine.taken():
        assert others() == 1
    assert others() == 3
