"""Reading with RENTOMATIC_READING=token: denied unless a view is declared public."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Role
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic_web.land.tiles import land
from tests.apps import app_of, token_for

SETTINGS = {"RENTOMATIC_READING": "token", "RENTOMATIC_SECRET_KEY": "k" * 40}
ROOM = Room("8c5b8a0e-6f1f-4d0e-9d6a-0f6f1d2c3b4a", 20, 50, 12.3456789, 45.6789)
CODE = ROOM.code
APP = app_of(MemoryRooms([ROOM]), None, **SETTINGS)
PUBLIC = {
    "/docs",
    "/docs.css",
    "/favicon.ico",
    "/livez",
    "/openapi.json",
    "/readyz",
    "/robots.txt",
    "/sign-in",
    "/sign-out",
    "/static/pages.css",
}
# Search engines may not see the rooms either.
HIDDEN = {"/sitemap.xml", "/sitemaps/1.xml", "/sitemaps/places-1.xml"}
ACCEPTS = ("*/*", "application/json", "text/html", "text/csv", "application/geo+json")


def requests() -> list[tuple[str, str]]:
    """Return a path of each rule of the URL map, with each suffix and each method."""
    found = set()
    for rule in APP.url_map.iter_rules():
        file = "leaflet.js" if "leaflet" in rule.rule else "pages.css"
        path = rule.rule.replace("<code:code>", CODE).replace("<path:filename>", file)
        path = path.replace("<version>", land().version)
        path = re.sub("<int:[a-z]+>", "1", path)
        start, _, rest = path.partition("<any(")
        suffixes = rest.partition(")")[0].split(", ") if rest else [""]
        for suffix in suffixes:
            found |= {(method, start + suffix) for method in (rule.methods or set()) - {"OPTIONS"}}
    return sorted(found)


@pytest.fixture
def tokens() -> MemoryTokens:
    return MemoryTokens()


@pytest.fixture
def client(tokens: MemoryTokens) -> FlaskClient:
    token_for(tokens, Role.IMPORTER)
    return app_of(MemoryRooms([ROOM]), tokens, **SETTINGS).test_client()


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize(("method", "path"), requests())
def test_nothing_of_a_room_is_read_without_a_token(
    client: FlaskClient, method: str, path: str, accept: str
) -> None:
    with client.open(path, method=method, headers={"Accept": accept}) as answer:
        text = answer.get_data(as_text=True)
        status = answer.status_code
    if path in PUBLIC or "/leaflet/" in path or "/land/" in path:
        assert status in (200, 400)
    elif path in HIDDEN and method in ("GET", "HEAD"):
        assert status == 404
    else:
        assert status in (303, 400, 401, 403)
    assert str(ROOM.longitude) not in text


@pytest.mark.parametrize("settings", [SETTINGS, {}])
def test_a_view_without_a_policy_is_forbidden(settings: dict[str, str]) -> None:
    app = app_of(MemoryRooms([ROOM]), None, **settings)
    app.add_url_rule("/new", "new", lambda: {"secret": 1})

    assert app.test_client().get("/new").status_code == 403


def test_every_view_declares_a_policy() -> None:
    views = {name: view for name, view in APP.view_functions.items() if ".static" not in name}

    assert [name for name, view in views.items() if not hasattr(view, "policy")] == []


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/rooms", {"GET", "HEAD", "OPTIONS", "POST"}),
        (f"/rooms/{CODE}", {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}),
        ("/rooms/import", {"OPTIONS", "POST"}),
        ("/rooms/facets", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_preflight_names_the_methods_of_the_resource(path: str, methods: set[str]) -> None:
    origin = "https://a.example"
    app = app_of(MemoryRooms([ROOM]), None, RENTOMATIC_CORS_ORIGINS=origin, **SETTINGS)
    fields = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    answer = app.test_client().options(path, headers=fields)

    assert answer.status_code == 204
    assert set(answer.headers["Access-Control-Allow-Methods"].split(", ")) == methods


def test_the_pages_own_requests_use_the_session(client: FlaskClient, tokens: MemoryTokens) -> None:
    tokens.revoke("ann")
    text = token_for(tokens, Role.IMPORTER).removeprefix("Bearer ")
    form = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    client.post("/sign-in", data={"token": text, "csrf_token": form})
    path = "/rooms/clusters?bbox=-180,-90,180,90"

    def status(**fields: str) -> Any:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        return client.get(path, headers=headers).status_code

    assert status(Sec_Fetch_Site="same-origin") == 200
    assert status() == 401
    assert status(Sec_Fetch_Site="cross-site") == 401
    assert status(Sec_Fetch_Site="same-site") == 401
    assert status(Sec_Fetch_Site="same-origin", Authorization="Bearer x.y") == 401
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert client.delete(f"/rooms/{CODE}", headers=headers).status_code == 401
