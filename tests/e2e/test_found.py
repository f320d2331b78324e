"""Sitemaps and feeds through Nginx."""

import gzip
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from rentomatic.repository.memory import EXAMPLE_ROOMS
from tests.e2e.stack import ask
from tests.servers import nginx

pytestmark = pytest.mark.integration


@pytest.fixture
def site(home: Path, application: Path) -> Iterator[int]:
    """The port of a site with rooms in memory."""
    with nginx(home, [application]) as port:
        yield port


def test_crawlers_reach_every_room_and_place_from_robots_txt(site: int) -> None:
    base = f"http://localhost:{site}"
    robots = ask(site, "/robots.txt", Host=f"localhost:{site}").body.decode()
    assert f"Sitemap: {base}/sitemap.xml" in robots.splitlines()

    pending, found = [f"{base}/sitemap.xml"], set()
    while pending:
        answer = ask(site, pending.pop().removeprefix(base), Host=f"localhost:{site}")
        assert answer.status == 200
        root = ET.fromstring(answer.body)  # noqa: S314
        urls = [location.text or "" for location in root.iter() if location.tag.endswith("}loc")]
        if root.tag.endswith("}sitemapindex"):
            pending += urls
        else:
            found |= set(urls)

    assert {f"{base}/rooms/{room.code}" for room in EXAMPLE_ROOMS} <= found
    assert f"{base}/rooms-in/gb/grays-2648182" in found
    for url in found:
        path = url.removeprefix(base)
        page = ask(site, path, Accept="text/html", Host=f"localhost:{site}")
        assert page.status == 200
        assert f'<link rel="canonical" href="{url}">' in page.body.decode()


def test_a_feed_is_compressed(site: int) -> None:
    plain = ask(site, "/rooms.atom", Host="rooms.example")
    packed = ask(site, "/rooms.atom", Host="rooms.example", **{"Accept-Encoding": "gzip"})

    assert packed.fields["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert b"http://rooms.example/" in plain.body


def test_a_feed_is_sent_once_while_it_does_not_change(site: int) -> None:
    etag = ask(site, "/rooms.atom").fields["ETag"]
    again = ask(site, "/rooms.atom", **{"If-None-Match": etag})

    assert (again.status, again.body) == (304, b"")
