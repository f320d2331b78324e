"""Feeds of searches (Atom)."""

import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient
from werkzeug.http import http_date, parse_date

from rentomatic.repository.memory import MemoryRooms
from tests.apps import client_of
from tests.rooms import full_room, room

OLD = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KRAKOW = 3094802
PRIVATE = {"RENTOMATIC_READING": "token", "RENTOMATIC_SECRET_KEY": "k" * 40}


def saved(number: int, day: int, changed: int = 0, **members: Any) -> Any:
    """Return a room that was saved on a day, and changed days later."""
    created = OLD + timedelta(days=day)
    return room(number, **members), created, created + timedelta(days=changed)


class OldRooms(MemoryRooms):
    """Rooms that were saved in the past."""

    def __init__(self, *rooms: Any) -> None:
        super().__init__()
        self._rooms = {each.code: each.saved(*times) for each, *times in rooms}


@pytest.fixture
def client() -> FlaskClient:
    return client_of(
        OldRooms(
            saved(1, 1, changed=30, price=10),
            saved(2, 3, price=20, title="Sunny & <small>", description="Two\n\nlines"),
            saved(3, 2, price=30, longitude=0.0, kind="studio", features=("wifi", "balcony")),
        )
    )


def feed(client: FlaskClient, query: str = "") -> Any:
    answer = client.get(f"/rooms.atom{query}")
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(
        answer.get_data(), response_headers={"content-type": answer.content_type}
    )
    assert not parsed.bozo
    assert parsed.version == "atom10"
    return parsed


def ids(parsed: Any) -> list[int]:
    """Return the numbers of the rooms."""
    return [int(entry.id[-12:]) for entry in parsed.entries]


def links(parsed: Any) -> dict[str, str]:
    return {link.rel: link.href for link in parsed.feed.links}


def test_the_newest_rooms_come_first(client: FlaskClient) -> None:
    assert ids(feed(client)) == [2, 3, 1]
    assert ids(feed(client, "?sort=-updated")) == [1, 2, 3]
    assert ids(feed(client, "?sort=created")) == [1, 3, 2]


def test_a_feed_has_what_rfc_4287_requires(client: FlaskClient) -> None:
    parsed = feed(client)

    assert parsed.feed.id == links(parsed)["self"] == "http://localhost/rooms.atom"
    assert parsed.feed.title == "Rooms to rent"
    assert parsed.feed.author == "Rent-o-Matic"
    assert parsed.feed.updated == "2026-02-02T03:04:05Z"
    for entry in parsed.entries:
        assert entry.id.startswith("urn:uuid:")
        assert entry.link == f"http://localhost/rooms/{entry.id.removeprefix('urn:uuid:')}"
        assert entry.title
        assert entry.published <= entry.updated


def test_an_entry_has_the_texts_of_its_room(client: FlaskClient) -> None:
    sunny, studio, plain = feed(client).entries

    assert sunny.title == "Sunny & <small>"
    assert sunny.summary == "20 EUR per day, 20 m²"
    assert sunny.content[0].value == "Two\n\nlines"
    assert [tag.term for tag in studio.tags] == ["studio", "wifi", "balcony"]
    assert studio.where.coordinates == (0.0, 50.06)
    assert plain.title == "Room: 10 EUR per day, 20 m²"
    assert (plain.published, plain.updated) == ("2026-01-03T03:04:05Z", "2026-02-02T03:04:05Z")


def test_any_search_has_a_feed(client: FlaskClient) -> None:
    assert ids(feed(client, "?filter_price__gt=10&filter_kind__in=studio")) == [3]
    assert ids(feed(client, "?q=sunny")) == [2]

    around = feed(client, f"?place={KRAKOW}")
    assert ids(around) == [2, 1]
    assert around.feed.title == "Rooms to rent in Kraków, Poland"
    assert client.get("/rooms.atom?count=exact").headers["X-Total-Count"] == "3"


def test_pages_are_linked(client: FlaskClient) -> None:
    first = feed(client, "?limit=2&filter_price__gte=1")
    assert links(first).keys() == {"self", "first", "next"}
    assert links(first)["first"] == "http://localhost/rooms.atom?limit=2&filter_price__gte=1"

    second = feed(client, links(first)["next"].removeprefix("http://localhost/rooms.atom"))
    assert links(second).keys() == {"self", "first", "previous"}
    assert links(second)["self"] == links(first)["next"]
    assert second.feed.id == first.feed.id
    assert ids(first) + ids(second) == [2, 3, 1]
    back = links(second)["previous"].removeprefix("http://localhost/rooms.atom")
    assert ids(feed(client, back)) == ids(first)


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("sort=price", "sort", "must be one of created, updated in a feed, with or without a"),
        ("sort=x", "sort", "must be one of"),
        ("place=1", "place", "must be the id of a place"),
        ("filter_price__lt=x", "filter_price__lt", "must be a whole number"),
        ("colour=red", "colour", "is not a known parameter"),
        ("limit=0", "limit", "must be a whole number from 1 to 1000"),
    ],
)
def test_wrong_parameters_are_named(
    client: FlaskClient, query: str, parameter: str, message: str
) -> None:
    answer = client.get(f"/rooms.atom?{query}")

    assert answer.status_code == 400
    assert answer.json
    (problem,) = answer.json["errors"]
    assert problem["parameter"] == parameter
    assert problem["message"].startswith(message)


def test_an_empty_feed_is_valid_and_does_not_change() -> None:
    client = client_of(MemoryRooms())
    parsed = feed(client)

    assert parsed.entries == []
    assert parsed.feed.updated == "1970-01-01T00:00:00Z"
    assert "Last-Modified" not in client.get("/rooms.atom").headers


def test_conditions_spare_the_body(client: FlaskClient) -> None:
    answer = client.get("/rooms.atom")
    modified = answer.headers["Last-Modified"]

    assert parse_date(modified) == datetime(2026, 2, 2, 3, 4, 5, tzinfo=UTC)
    for field, value in {
        "If-None-Match": answer.headers["ETag"],
        "If-Modified-Since": modified,
    }.items():
        again = client.get("/rooms.atom", headers={field: value})
        assert (again.status_code, again.get_data()) == (304, b"")
    earlier = {"If-Modified-Since": http_date(OLD)}
    assert client.get("/rooms.atom", headers=earlier).status_code == 200


def test_a_feed_that_may_change_within_its_second_has_no_last_modified() -> None:
    rooms = MemoryRooms()
    client = client_of(rooms)
    rooms.add(room(1))

    began = time.monotonic()
    answer = client.get("/rooms.atom")
    if time.monotonic() < began + 2:
        assert "Last-Modified" not in answer.headers
    assert "ETag" in answer.headers


def test_a_change_changes_the_etag() -> None:
    rooms = MemoryRooms([room(1)])
    client = client_of(rooms)
    etag = client.get("/rooms.atom").headers["ETag"]
    assert client.get("/rooms.atom").headers["ETag"] == etag

    rooms.put([room(1, price=77)])

    assert client.get("/rooms.atom", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    "text", ["]]>", "<script>", "&amp;", "\x0b\x1f\x00", "\ufffe\uffff", "𝒵", "\x85\u2028", "\"'"]
)
def test_every_text_is_valid_xml(text: str) -> None:
    offer = full_room(1, title=None, address=None, features=(), kind=None)
    object.__setattr__(offer, "description", f"a{text}b")
    client = client_of(MemoryRooms([offer]))

    ET.fromstring(client.get("/rooms.atom").get_data())  # noqa: S314
    (entry,) = feed(client).entries
    assert entry.content[0].value.startswith("a")


def test_the_feed_is_for_those_who_may_read() -> None:

    assert client_of(MemoryRooms([room(1)]), None, **PRIVATE).get("/rooms.atom").status_code == 403


def test_the_feed_does_not_depend_on_cookies(client: FlaskClient) -> None:
    assert "Cookie" not in client.get("/rooms.atom").headers.get("Vary", "")
