"""What search engines find: pages of places, canonical URLs, robots.txt."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rentomatic.domain.places import Place
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import MemoryRooms
from rentomatic_web.pages.found.paths import parse_place, place_path
from tests.apps import client_of
from tests.rooms import room

HTML = {"Accept": "text/html"}
KRAKOW, WIELICZKA = "/rooms-in/pl/krakow-3094802", "/rooms-in/pl/wieliczka-755889"
DISTRICT = "/rooms-in/pl/grzegorzki-3098171"  # of Kraków, with the same rooms
BERLIN = "/rooms-in/de/berlin-2950159"
ROOMS = [
    *(room(n, price=20 + n, title=f"Room {n}", longitude=19.95) for n in range(30)),
    room(100, price=90, longitude=20.0641, latitude=49.9871),
]
PRIVATE = {"RENTOMATIC_READING": "token", "RENTOMATIC_SECRET_KEY": "k" * 40}


class NoFacets(MemoryRooms):
    """Rooms while too many heavy reads are in progress."""

    def facet(self, *_: Any) -> Any:
        raise RepositoryUnavailable


@pytest.fixture
def client() -> FlaskClient:
    client = client_of(MemoryRooms(ROOMS))
    client.get("/rooms-in", headers=HTML)
    return client


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200
    return answer.text


def links(text: str, relation: str) -> list[str]:
    """Return the URLs of the links with this relation."""
    return [
        unescape(url) for url in re.findall(f'<link rel="{relation}"[^>]*href="([^"]+)"', text)
    ]


def linked_data(text: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    return [json.loads(each) for each in found]


def heading(text: str) -> str:
    return " ".join(unescape(re.search("<h1[^>]*>(.*?)</h1>", text, re.S)[1]).split())  # type: ignore[index]


def title(text: str) -> str:
    return unescape(re.search("<title>(.*?)</title>", text, re.S)[1])  # type: ignore[index]


def is_listed(text: str) -> bool:
    return "noindex" not in text


def hrefs(text: str) -> list[str]:
    return [unescape(each) for each in re.findall('<a href="([^"]+)"', text)]


def test_the_page_of_a_place_shows_its_cheapest_rooms(client: FlaskClient) -> None:
    text = page(client, KRAKOW)

    assert heading(text) == "31 rooms in Kraków"
    assert title(text) == "31 rooms to rent in Kraków, Poland"
    assert "31 rooms to rent in Kraków, Poland, from €20 to €90 per day." in text
    assert text.count('<li class="card"') == 24
    assert {"/?place=3094802", WIELICZKA} <= set(hrefs(text))
    assert "CC BY 4.0" in text


def test_a_page_with_all_rooms_needs_no_facets() -> None:
    client = client_of(NoFacets(ROOMS))

    assert heading(page(client, WIELICZKA)) == "1 room in Wieliczka"
    assert heading(page(client, KRAKOW)) == "Rooms in Kraków"


def test_rooms_of_one_price_have_no_range_of_prices(client: FlaskClient) -> None:
    text = page(client, WIELICZKA)

    assert "1 room to rent in Wieliczka, Poland, for €90 per day." in text
    assert "Prices from" not in text


def test_the_linked_data_lists_the_rooms_and_names_the_place(client: FlaskClient) -> None:
    (data,) = linked_data(page(client, WIELICZKA))

    assert data["@context"] == "https://schema.org"
    assert data["@type"] == "CollectionPage"
    assert data["url"] == f"http://localhost{WIELICZKA}"
    assert data["about"]["name"] == "Wieliczka"
    assert data["about"]["address"]["addressCountry"] == "PL"
    assert data["mainEntity"]["itemListElement"] == [
        {
            "@type": "ListItem",
            "position": 1,
            "url": f"http://localhost/rooms/{ROOMS[-1].code}",
            "name": "Room",
        }
    ]
    assert [each["item"] for each in data["breadcrumb"]["itemListElement"]] == [
        "http://localhost/rooms-in/pl",
        f"http://localhost{WIELICZKA}",
    ]


def test_countries_and_regions_lead_to_the_places(client: FlaskClient) -> None:
    assert "/rooms-in/pl" in hrefs(page(client, "/rooms-in"))

    text = page(client, "/rooms-in/pl")
    assert {KRAKOW, WIELICZKA} <= set(hrefs(text))
    assert DISTRICT not in hrefs(text)
    assert BERLIN not in hrefs(text)
    assert "Lesser Poland" in text
    assert linked_data(text)[0]["@type"] == "BreadcrumbList"


def test_a_room_leads_to_its_place_and_country(client: FlaskClient) -> None:
    text = page(client, f"/rooms/{ROOMS[0].code}")

    assert {"/rooms-in", "/rooms-in/pl", KRAKOW} <= set(hrefs(text))
    assert [each["@type"] for each in linked_data(text)][-1] == "BreadcrumbList"


def test_a_room_far_from_any_place_has_no_breadcrumbs() -> None:
    client = client_of(MemoryRooms([room(longitude=-30, latitude=0)]))

    text = page(client, f"/rooms/{room().code}")

    assert "breadcrumbs" not in text
    assert len(linked_data(text)) == 1


def test_the_search_page_leads_to_the_places_with_the_most_rooms(client: FlaskClient) -> None:
    places = [url for url in hrefs(page(client, "/")) if url.startswith("/rooms-in/")]

    assert places[0] == KRAKOW


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/rooms-in/pl/cracow-3094802", KRAKOW),
        ("/rooms-in/pl/3094802", KRAKOW),
        ("/rooms-in/de/krakow-3094802", KRAKOW),
        ("/rooms-in/PL/krakow-3094802", KRAKOW),
        ("/rooms-in/pl/Kraków-3094802", KRAKOW),
        ("/rooms-in/PL", "/rooms-in/pl"),
        ("/rooms-in/PL?lang=de", "/rooms-in/pl?lang=de"),
        ("/rooms-in/pl/x-3094802?lang=ja", f"{KRAKOW}?lang=ja"),
    ],
)
def test_other_paths_of_a_page_are_redirected(
    client: FlaskClient, path: str, expected: str
) -> None:
    answer = client.get(path, headers=HTML)

    assert (answer.status_code, answer.location) == (301, expected)


@pytest.mark.parametrize(
    "path",
    [
        "/rooms-in/pl/krakow",
        "/rooms-in/pl/krakow-1",
        "/rooms-in/pl/krakow-99999999999",
        "/rooms-in/pl/krakow-٣",
        "/rooms-in/de",
        "/rooms-in/poland",
        "/rooms-in/pl/krakow-3094802/x",
    ],
)
def test_unknown_places_and_countries_without_rooms_are_not_found(
    client: FlaskClient, path: str
) -> None:
    assert client.get(path, headers=HTML).status_code == 404


def test_a_place_without_rooms_shows_the_nearest_and_is_not_listed(client: FlaskClient) -> None:
    text = page(client, BERLIN)

    assert heading(text) == "No rooms in Berlin now"
    assert text.count('<li class="card"') == 6
    assert not is_listed(text)
    assert links(text, "canonical") == []
    assert linked_data(text) == []


def test_without_any_rooms_the_pages_are_not_listed() -> None:
    client = client_of(MemoryRooms())

    assert not is_listed(page(client, KRAKOW))
    assert not is_listed(page(client, "/rooms-in"))


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/", "/"),
        ("/?utm_source=x", "/"),
        ("/?place=3094802", KRAKOW),
        ("/?place=3098171", KRAKOW),
        (KRAKOW, KRAKOW),
        (f"{KRAKOW}?utm_source=x", KRAKOW),
        (DISTRICT, KRAKOW),
        ("/rooms-in", "/rooms-in"),
        ("/rooms-in/pl", "/rooms-in/pl"),
        (f"/rooms/{ROOMS[0].code}", f"/rooms/{ROOMS[0].code}"),
        ("/?lang=de", "/?lang=de"),
        (f"{KRAKOW}?lang=ja", f"{KRAKOW}?lang=ja"),
        (f"{KRAKOW}?lang=xx", KRAKOW),
    ],
)
def test_a_page_has_one_canonical_url_in_each_language(
    client: FlaskClient, path: str, canonical: str
) -> None:
    text = page(client, path)

    assert links(text, "canonical") == [f"http://localhost{canonical}"]
    assert f'<meta property="og:url" content="http://localhost{canonical}">' in text
    assert is_listed(text)


@pytest.mark.parametrize("path", ["/", KRAKOW, "/rooms-in/pl", f"/rooms/{ROOMS[0].code}?lang=de"])
def test_alternates_name_the_page_in_each_language(client: FlaskClient, path: str) -> None:
    here = f"http://localhost{path.partition('?')[0]}"
    found = re.findall(
        '<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page(client, path)
    )

    assert dict(found) == {
        **{tag: f"{here}?lang={tag}" for tag in ("en", "de", "fr", "ja", "pl")},
        "x-default": here,
    }
    for _, url in found:
        assert found == re.findall(
            '<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page(client, url)
        )


@pytest.mark.parametrize(
    "path",
    ["/?filter_price__lt=60", "/?place=3094802&sort=distance", "/?place=2950159", "/?q=room"],
)
def test_other_searches_are_not_listed_but_their_links_are_followed(
    client: FlaskClient, path: str
) -> None:
    text = page(client, path)

    assert '<meta name="robots" content="noindex, follow">' in text
    assert links(text, "canonical") == []


def test_pages_announce_the_feed_of_their_search(client: FlaskClient) -> None:
    searched = "/?filter_price__lt=60&place=3094802&sort=-price"
    for path, expected in {
        "/": "/rooms.atom",
        searched: "/rooms.atom?filter_price__lt=60&place=3094802",
        KRAKOW: "/rooms.atom?place=3094802",
    }.items():
        (url,) = re.findall('type="application/atom.xml"[^>]*href="([^"]+)"', page(client, path))

        assert unescape(url) == expected
        assert client.get(expected).status_code == 200


def test_robots_may_read_pages_but_no_searches(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()

    assert {"Disallow: /*?", "Allow: /*?lang=", "Disallow: /*?lang=*&"} <= set(lines)
    assert "Sitemap: http://localhost/sitemap.xml" in lines


def test_robots_may_read_nothing_if_reading_needs_a_token() -> None:
    client = client_of(MemoryRooms(ROOMS), None, **PRIVATE)

    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Łódź", "/rooms-in/xx/lodz-7"),
        ("St. John's", "/rooms-in/xx/st-john-s-7"),
        ("Weißensee", "/rooms-in/xx/weissensee-7"),
        ("東京", "/rooms-in/xx/7"),
        ("--", "/rooms-in/xx/7"),
    ],
)
def test_a_path_has_the_letters_of_the_name(name: str, expected: str) -> None:
    place = Place(7, name, "", "XX", "X", 0, 0, 1)

    assert place_path(place) == expected
    assert parse_place(expected.rpartition("/")[2]) == 7


def test_the_pages_are_for_those_who_may_read() -> None:
    client = client_of(MemoryRooms(ROOMS), None, **PRIVATE)

    def answer(path: str) -> TestResponse:
        return client.get(path, headers=HTML)

    for path in ("/rooms-in", "/rooms-in/pl", KRAKOW):
        assert answer(path).status_code == 303
