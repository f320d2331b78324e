"""Nginx's cache of lists."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from rentomatic.domain.tokens import Role
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.protocols import RoomRepository
from rentomatic_postgres import connect
from tests.apps import token_for
from tests.e2e.sites import gunicorn
from tests.e2e.stack import ask, eventually
from tests.servers import nginx

pytestmark = pytest.mark.integration

SETTINGS = {"RENTOMATIC_MICRO_CACHE": "on"}
OLDEST = 2.5  # seconds
ROOM = EXAMPLE_ROOMS[0]


@pytest.fixture
def rooms(postgres_url: str) -> Iterator[RoomRepository]:
    """The book's rooms, in the database of the site."""
    with closing(connect(postgres_url)) as storage:
        storage.rooms.put(EXAMPLE_ROOMS)
        yield storage.rooms


@contextmanager
def serving(home: Path, url: str, **settings: str) -> Iterator[int]:
    both = SETTINGS | settings
    with gunicorn(home, "one", url, **both) as path, nginx(home, [path], **both) as port:
        yield port


@pytest.fixture
def site(home: Path, rooms: RoomRepository, postgres_url: str) -> Iterator[int]:
    """The port of a site that keeps lists, of rooms that the test can change."""
    assert rooms.count(()) == len(EXAMPLE_ROOMS)
    with serving(home, postgres_url) as port:
        yield port


def asked(home: Path) -> int:
    """Return how many requests the application has answered."""
    return (home / "one.log").read_text("utf-8").count('"message":"request"')


def hits(home: Path) -> list[dict[str, object]]:
    """Return what Nginx has logged of answers out of its cache."""
    lines = (home / "nginx.log").read_text("utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["cache"] in ("HIT", "STALE")]


LISTS = ("/rooms", "/rooms.csv", "/rooms/facets", "/rooms/clusters?bbox=-1,51,1,52")


def test_what_many_ask_for_at_once_is_asked_for_once_and_logged_for_each(
    home: Path, site: int
) -> None:
    for path in LISTS:
        before = asked(home)
        answers = [ask(site, path, **{"X-Request-ID": f"mine-{n}"}) for n in range(5)]

        assert len({answer.body for answer in answers}) == 1
        # A second may end meanwhile, on a busy machine more than one.
        assert 1 <= asked(home) - before <= 3, path
        assert [answer.fields["X-Request-ID"] for answer in answers] == [
            f"mine-{n}" for n in range(5)
        ]
        assert answers[0].fields["Cache-Control"] == "public, max-age=1, stale-while-revalidate=1"
        assert "X-Accel-Expires" not in answers[0].fields
    eventually(lambda: len(hits(home)) >= len(LISTS), "hits are logged")
    assert {line["level"] for line in hits(home)} == {"info"}
    assert str(hits(home)[0]["request_id"]).startswith("mine-")


def look(site: int) -> tuple[float, int]:
    """Return the time, and the price of the first room of the list."""
    began = time.monotonic()
    return began, ask(site, f"/rooms?filter_code__eq={ROOM.code}").json()[0]["price"]


def test_nothing_older_than_is_promised_is_served(site: int, rooms: RoomRepository) -> None:
    written: list[tuple[float, int]] = [(time.monotonic(), ROOM.price)]
    stop = threading.Event()

    def write() -> None:
        for price in range(1000, 2000):
            rooms.put([replace(ROOM, price=price)])
            written.append((time.monotonic(), price))
            if stop.wait(0.05):
                return

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    try:
        for pause in (0.01,) * 150:
            time.sleep(pause)
            seen.append(look(site))
        # A response from the beginning of a second is cached longest.
        time.sleep(3 - time.time() % 1)
        seen.append(look(site))
        time.sleep(2.8)
        seen.append(look(site))
    finally:
        stop.set()
        writer.join()

    moments = {price: moment for moment, price in written}
    for began, price in seen:
        replaced = moments.get(price + 1 if price >= 1000 else 1000, began)
        assert began - replaced < OLDEST
    assert len({price for _, price in seen}) < 100  # most of it came from the cache


def test_two_media_types_do_not_mix(site: int) -> None:
    kinds = ("application/json", "text/csv", "application/geo+json")
    for _ in range(5):
        for kind in kinds:
            answer = ask(site, "/rooms", Accept=kind)
            assert answer.fields["Content-Type"].startswith(kind)
            assert answer.fields["Vary"] == "Accept"


def test_a_client_that_has_the_list_gets_304(site: int) -> None:
    tag = ask(site, "/rooms").fields["ETag"]
    for method in ("GET", "HEAD"):
        answer = ask(site, "/rooms", method, **{"If-None-Match": tag})
        assert (answer.status, answer.body, answer.fields["ETag"]) == (304, b"", tag)
    assert ask(site, "/rooms", **{"If-None-Match": 'W/"other"'}).status == 200
    refused = ask(site, "/rooms", **{"If-Match": '"other"'})
    assert (refused.status, refused.json()["code"]) == (412, "precondition_failed")
    room = ask(site, f"/rooms/{ROOM.code}")
    again = {"If-None-Match": room.fields["ETag"]}
    assert ask(site, f"/rooms/{ROOM.code}", **again).status == 304


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer x"),
        ("Cookie", "a=b"),
        ("Cache-Control", "no-cache"),
        ("Pragma", "no-cache"),
    ],
)
def test_who_wants_an_answer_of_his_own_gets_it(
    home: Path, site: int, name: str, value: str
) -> None:
    for _ in range(5):
        assert ask(site, "/rooms", **{name: value}).status == 200
    assert asked(home) == 5
    assert hits(home) == []


def test_errors_exports_and_one_room_are_not_kept(home: Path, site: int) -> None:
    paths = ("/rooms?x=1", "/rooms/export", f"/rooms/{ROOM.code}", "/nothing", "/readyz")
    for path in paths:
        for _ in range(3):
            ask(site, path, Accept="*/*")
    assert asked(home) == 3 * len(paths)


def test_who_must_show_a_token_gets_nothing_that_is_kept(home: Path, postgres_url: str) -> None:
    with closing(connect(postgres_url)) as storage:
        token = token_for(storage.tokens, Role.EDITOR)
    with serving(home, postgres_url, RENTOMATIC_READING="token") as port:
        for _ in range(3):
            answer = ask(port, "/rooms", Authorization=token)
            assert answer.status == 200
            assert answer.fields["Cache-Control"] == "private, max-age=0, must-revalidate"
            assert ask(port, "/rooms").status == 401
        tag = answer.fields["ETag"]
        known = {"Authorization": token, "If-None-Match": tag}
        assert ask(port, "/rooms", **known).status == 304
    assert hits(home) == []


def test_without_the_setting_nothing_is_kept(
    home: Path, rooms: RoomRepository, postgres_url: str
) -> None:
    with serving(home, postgres_url, RENTOMATIC_MICRO_CACHE="off") as port:
        assert "max-age=0" in ask(port, "/rooms").fields["Cache-Control"]
        rooms.put([replace(ROOM, price=1)])
        assert ask(port, "/rooms").json()[0]["price"] == 1
    assert not [*(home / "nginx/cache").iterdir()]
