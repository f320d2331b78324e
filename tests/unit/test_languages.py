"""The language of pages: which one is chosen, and how caches and links know it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from rentomatic.repository.memory import MemoryRooms
from rentomatic_web.pages.texts.languages import NAMES, url_in
from tests.apps import app_of
from tests.rooms import room

ROOMS = [room(number) for number in range(3)]


@pytest.fixture
def app() -> Flask:
    return app_of(MemoryRooms(ROOMS))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def language_of(client: FlaskClient, path: str = "/", accept: str = "") -> str:
    """Return the attribute `lang` of the page."""
    page = client.get(path, headers={"Accept": "text/html", "Accept-Language": accept})
    (found,) = re.findall(r'<html lang="([^"]+)">', page.text)
    return str(found)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("DE-at", "de"),
        ("de-AT, en;q=0.5", "de"),
        ("en;q=0.5, de-AT", "de"),
        ("sv, fr;q=0.9, en;q=0.8", "fr"),
        ("pl;q=0, ja;q=0.1", "ja"),
        ("sv", "en"),
        ("*", "en"),
        ("sv, *;q=0.5", "en"),
        ("ja-Hira-JP", "ja"),
        ("not a language;;;q=x", "en"),
    ],
)
def test_browsers_choose_the_language(client: FlaskClient, accept: str, language: str) -> None:
    assert language_of(client, accept=accept) == language


def test_the_parameter_is_stronger_than_the_cookie_and_that_than_the_browser(
    client: FlaskClient,
) -> None:
    assert language_of(client, "/?lang=pl", accept="fr") == "pl"
    assert language_of(client, accept="fr") == "pl"
    assert language_of(client, "/?lang=ja", accept="fr") == "ja"
    assert language_of(client, "/?lang=JA", accept="fr") == "ja"


@pytest.mark.parametrize("text", ["xx", "en%00", "%F0%9F%98%80", "../../etc"])
def test_unknown_languages_are_ignored(client: FlaskClient, text: str) -> None:
    page = client.get(f"/?lang={text}", headers={"Accept-Language": "de"})

    assert '<html lang="de">' in page.text
    assert "Set-Cookie" not in page.headers


def test_the_cookie_is_set_once(client: FlaskClient) -> None:
    first, second = client.get("/?lang=de"), client.get("/?lang=de")

    assert "SameSite=Lax" in first.headers["Set-Cookie"]
    assert "Max-Age=31536000" in first.headers["Set-Cookie"]
    assert "Set-Cookie" not in second.headers


@pytest.mark.parametrize(
    "path", ["/", f"/rooms/{ROOMS[0].code}", "/no-such-page", "/sign-in", "/?filter_price__lt=x"]
)
def test_every_page_has_each_language(client: FlaskClient, path: str) -> None:
    for language in NAMES:
        assert language_of(client, url_in(language, path)) == language


def test_redirects_keep_the_language(client: FlaskClient) -> None:
    assert client.get("/?lang=fr&q=").status_code == 303
    assert language_of(client) == "fr"


def test_the_api_ignores_languages(client: FlaskClient) -> None:
    plain = client.get(f"/rooms/{ROOMS[0].code}", headers={"Accept-Language": "de"})

    assert plain.headers["Vary"] == "Accept"
    assert "Set-Cookie" not in client.get("/rooms?lang=de").headers


def test_caches_know_the_fields_that_pages_depend_on(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "de"})
    chosen = client.get("/?lang=de")
    room = client.get(f"/rooms/{ROOMS[0].code}", headers={"Accept": "text/html"})
    missing = client.get("/no-such-page", headers={"Accept": "text/html"})

    for response in (page, room, missing):
        assert {"accept-language", "cookie"} <= set(response.vary.as_set())
    assert "Accept-Language" not in chosen.vary
    assert page.headers["ETag"] != client.get("/?lang=ja").headers["ETag"]


def test_the_menu_links_to_this_page_in_each_language(client: FlaskClient) -> None:
    page = client.get("/?filter_price__lt=60&lang=de")

    assert '"/?filter_price__lt=60&amp;lang=ja" lang="ja" hreflang="ja">日本語</a>' in page.text
    assert 'hreflang="de" aria-current="true">Deutsch</a>' in page.text


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/%5Cexample.org/", "/%5Cexample.org/?lang=de"),
        ("/a%3Fb%23c", "/a%3Fb%23c?lang=de"),
        ("/K%C3%B6ln?x=%5C", "/K%C3%B6ln?x=%5C&amp;lang=de"),
    ],
)
def test_the_menu_stays_on_this_site(client: FlaskClient, path: str, link: str) -> None:
    page = client.get(path, headers={"Accept": "text/html"})

    assert page.status_code == 404
    assert f'<a href="{link}" lang="de"' in page.text


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/static/pages.css", "/docs"])
def test_files_that_caches_share_set_no_cookie(client: FlaskClient, path: str) -> None:
    with client.get(f"{path}?lang=de") as response:
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers


def test_responses_to_forms_have_no_menu(client: FlaskClient) -> None:
    page = client.post("/sign-in", headers={"Accept": "text/html"})

    assert "hreflang" not in page.text


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("/", "/?lang=de"),
        ("/?q=a+b&lang=fr", "/?q=a+b&lang=de"),
        ("https://example.org/rooms/1?x=1,2#map", "https://example.org/rooms/1?x=1,2&lang=de#map"),
    ],
)
def test_urls_of_pages_in_a_language(url: str, there: str) -> None:
    assert url_in("de", url) == there
