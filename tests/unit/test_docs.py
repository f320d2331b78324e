"""The page of the API, for people."""

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from rentomatic_web.api.openapi.document import document
from tests.conformance import app

API = document(app)


class Page(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def values(self, attribute: str) -> list[str]:
        return [given[attribute] or "" for _, given in self.elements if attribute in given]


@pytest.fixture
def client() -> FlaskClient:
    return app.test_client()


@pytest.fixture
def page(client: FlaskClient) -> Page:
    return Page(client.get("/docs").text)


@pytest.mark.parametrize(
    ("path", "media_type"), [("/docs", "text/html"), ("/docs.css", "text/css")]
)
def test_the_page_is_sent_as_what_it_is(client: FlaskClient, path: str, media_type: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})

    assert answer.content_type == f"{media_type}; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert answer.headers["ETag"].startswith('W/"')


def test_the_page_loads_its_own_stylesheet_and_nothing_else(page: Page) -> None:
    assert [each for each in page.elements if each[0] in ("link", "script", "style", "img")] == [
        ("link", {"rel": "stylesheet", "href": "/docs.css"})
    ]
    assert page.values("style") == page.values("src") == []
    assert not [name for _, given in page.elements for name in given if name.startswith("on")]


def test_the_stylesheet_loads_nothing(client: FlaskClient) -> None:
    assert not re.search(r"url\(|@import|//", client.get("/docs.css").text)


def test_every_link_of_the_page_leads_somewhere(client: FlaskClient, page: Page) -> None:
    ids = page.values("id")

    assert len(set(ids)) == len(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)
    for target in set(page.values("href")):
        assert target[1:] in ids or client.get(target).status_code == 200


def test_the_page_can_be_read_by_everyone(page: Page) -> None:
    tags = [tag for tag, _ in page.elements]

    assert ("html", {"lang": "en"}) in page.elements
    for landmark in ("title", "header", "nav", "main", "h1"):
        assert tags.count(landmark) == 1
    assert all("scope" in given for tag, given in page.elements if tag == "th")
    assert page.values("href").index("#sections") < page.values("href").index("#search")


def test_the_page_shows_everything_that_is_described(page: Page) -> None:
    ids = page.values("id")

    for path in API["paths"].values():
        assert {operation["operationId"] for operation in path.values()} <= set(ids)
    for kind, components in API["components"].items():
        assert {f"{kind}/{name}" for name in components} <= set(ids)


def test_the_page_takes_no_text_for_html() -> None:
    text = app.jinja_env.get_template("docs.html").render(
        api=API | {"info": API["info"] | {"title": "<script>"}}
    )

    assert "<script>" not in text
    assert "&lt;script&gt;" in text
