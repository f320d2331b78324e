"""Conditions with dates, on files and on everything else (RFC 9110, section 13.1)."""

import pytest
from flask.testing import FlaskClient

from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from tests.apps import client_of

CODE = EXAMPLE_ROOMS[0].code
PATHS = (
    "/static/pages.css",
    "/favicon.ico",
    "/docs.css",
    "/rooms",
    f"/rooms/{EXAMPLE_ROOMS[0].code}",
)
INVALID = (
    "",
    "yesterday",
    "Mon, 01 Jan 0000 00:00:00 GMT",
    "Mon, 99 Jan 2020 99:99:99 GMT",
    *(f"Mon, 01 Jan {'9' * digits} 00:00:00 GMT" for digits in (5, 10, 19, 30, 5000)),
    *(f"Mon, {'9' * digits} Jan 2020 00:00:00 GMT" for digits in (10, 20)),
    *(f"Mon, 01 Jan 2020 00:00:00 +{'9' * digits}" for digits in (4, 13, 30)),
)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_of(MemoryRooms(EXAMPLE_ROOMS))


def ask(client: FlaskClient, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
    with client.get(path, headers=fields) as response:
        return response.status_code, response.data


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("field", ["If-Modified-Since", "If-Unmodified-Since", "If-Range"])
@pytest.mark.parametrize("date", INVALID)
def test_an_invalid_date_is_ignored(client: FlaskClient, path: str, field: str, date: str) -> None:
    assert ask(client, path, {field: date}) == ask(client, path, {})


@pytest.mark.parametrize("date", INVALID[1:])
def test_an_invalid_if_range_gets_the_whole_file(client: FlaskClient, date: str) -> None:
    fields = {"Range": "bytes=0-1", "If-Range": date}

    assert ask(client, "/static/pages.css", fields) == ask(client, "/static/pages.css", {})


def test_valid_dates_work_as_ever(client: FlaskClient) -> None:
    with client.get("/static/pages.css") as response:
        date = response.headers["Last-Modified"]
    fields = {"Range": "bytes=0-1", "If-Range": date}

    assert ask(client, "/static/pages.css", {"If-Modified-Since": date})[0] == 304
    assert ask(client, "/static/pages.css", fields)[0] == 206
