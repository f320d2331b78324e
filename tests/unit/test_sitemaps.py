"""Sitemaps, by the protocol's rules."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import NoReturn

import pytest
from flask.testing import FlaskClient

from rentomatic.domain.query import Query
from rentomatic.repository.memory import MemoryRooms
from rentomatic_web.pages.found import sitemaps
from rentomatic_web.storage import overviews
from tests.apps import app_of, client_of
from tests.repositories import AwayRooms
from tests.rooms import room

XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ROOMS = [room(number) for number in range(1, 11)]
PRIVATE = {"RENTOMATIC_READING": "token", "RENTOMATIC_SECRET_KEY": "k" * 40}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of a site with three rooms in each sitemap."""
    monkeypatch.setattr(overviews, "ROOMS_PER_SITEMAP", 3)
    return client_of(MemoryRooms(ROOMS))


def read(client: FlaskClient, path: str) -> list[dict[str, str]]:
    """Return the members of each entry of a sitemap or an index."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "application/xml; charset=utf-8"
    root = ET.fromstring(answer.get_data())  # noqa: S314
    assert root.tag in (f"{XML}sitemapindex", f"{XML}urlset")
    return [{part.tag.removeprefix(XML): part.text or "" for part in entry} for entry in root]


def test_the_index_lists_sitemaps_that_list_every_room_once(client: FlaskClient) -> None:
    places, *others = [each["loc"] for each in read(client, "/sitemap.xml")]

    assert places == "http://localhost/sitemaps/places-1.xml"
    assert others == [f"http://localhost/sitemaps/{number}.xml" for number in range(1, 5)]
    entries = [read(client, url) for url in others]
    assert [len(each) for each in entries] == [3, 3, 3, 1]
    found = [entry["loc"] for each in entries for entry in each]
    assert found == [f"http://localhost/rooms/{room.code}" for room in ROOMS]


def test_rooms_have_the_time_of_their_last_change(client: FlaskClient) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    (entry, *_) = read(client, "/sitemaps/1.xml")

    time = datetime.strptime(entry["lastmod"], "%Y-%m-%dT%H:%M:%S%z")
    assert abs((time - before).total_seconds()) < 60


def test_the_places_of_the_rooms_are_listed(client: FlaskClient) -> None:
    found = [
        each["loc"].removeprefix("http://localhost")
        for each in read(client, "/sitemaps/places-1.xml")
    ]

    assert found[:4] == ["/", "/rooms-in", "/rooms-in/pl", "/rooms-in/pl/krakow-3094802"]
    assert len(found) == len(set(found))
    for path in found:
        text = client.get(path, headers={"Accept": "text/html"}).text
        assert f'<link rel="canonical" href="http://localhost{path}">' in text


def test_rooms_added_since_are_in_the_sitemap_of_their_codes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(overviews, "ROOMS_PER_SITEMAP", 3)
    rooms = MemoryRooms(ROOMS[::2])
    client = client_of(rooms)
    assert len(read(client, "/sitemap.xml")) == 1 + 2

    rooms.put(ROOMS)

    assert [len(read(client, f"/sitemaps/{number}.xml")) for number in (1, 2)] == [5, 5]


def test_a_sitemap_has_at_most_50_000_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MAX_URLS", 3)
    client = client_of(MemoryRooms(ROOMS))

    assert len(read(client, "/sitemaps/1.xml")) == 3
    places = [each for each in read(client, "/sitemap.xml") if "places" in each["loc"]]
    assert len(places) > 1
    found = [entry["loc"] for each in places for entry in read(client, each["loc"])]
    assert len(found) == len(set(found)) > 3 * (len(places) - 1)
    assert overviews.ROOMS_PER_SITEMAP < 50_000


@pytest.mark.parametrize(
    "path",
    [
        "/sitemaps/0.xml",
        "/sitemaps/places-0.xml",
        "/sitemaps/places-2.xml",
        "/sitemaps/5.xml",
        "/sitemaps/-1.xml",
        "/sitemaps/1",
    ],
)
def test_other_sitemaps_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_empty_site_has_an_empty_sitemap() -> None:
    client = client_of(MemoryRooms())

    assert len(read(client, "/sitemap.xml")) == 2
    assert read(client, "/sitemaps/1.xml") == []
    assert len(read(client, "/sitemaps/places-1.xml")) == 2


def test_the_host_is_the_one_that_the_client_names(client: FlaskClient) -> None:
    answer = client.get("/sitemaps/1.xml", headers={"Host": "rooms.example:8443"})

    assert "<loc>http://rooms.example:8443/rooms/" in answer.text


def test_no_sitemap_shows_rooms_that_only_tokens_may_read() -> None:
    client = client_of(MemoryRooms(ROOMS), None, **PRIVATE)

    for path in ("/sitemap.xml", "/sitemaps/places-1.xml", "/sitemaps/1.xml"):
        assert client.get(path).status_code == 404


def test_sitemaps_are_kept_for_an_hour_and_the_short_ones_have_an_etag(
    client: FlaskClient,
) -> None:
    answer = client.get("/sitemap.xml")

    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = client.get("/sitemap.xml", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "ETag" not in client.get("/sitemaps/1.xml").headers


def test_a_storage_that_is_away_is_an_error_and_not_an_empty_sitemap() -> None:
    class Away(AwayRooms):
        def last_changes(self, *_: str | None, **__: str | None) -> NoReturn:
            self.search(Query())

    app = app_of(Away(ROOMS))

    assert app.test_client().get("/sitemaps/1.xml").status_code == 503
