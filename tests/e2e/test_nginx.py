"""Nginx with the site that every deployment shares, before real and pretended gunicorns."""

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from rentomatic.domain.tokens import Role
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic_postgres import connect
from tests.apps import token_for
from tests.e2e.sites import exchange_json, gunicorn, mirror
from tests.e2e.stack import ask
from tests.programs import PATIENCE_SECONDS
from tests.servers import nginx

pytestmark = pytest.mark.integration

IMPORT_LIMIT = 3 * 2**20
LIMITED = {"RENTOMATIC_IMPORT_LIMIT": str(IMPORT_LIMIT)}
REQUEST_LINE = len("GET  HTTP/1.1")


HEADER = b"code,size,price,longitude,latitude\n"
LINE = b"00000000-0000-4000-8000-%012d,20,50,19.94,50.06\n"
LARGE = HEADER + b"".join(LINE % number for number in range(IMPORT_LIMIT // len(LINE % 0) - 1))


@pytest.fixture
def site(home: Path, application: Path) -> Iterator[int]:
    """The port of a site with rooms in memory."""
    with nginx(home, [application], **LIMITED) as port:
        yield port


@pytest.fixture
def importing(home: Path, postgres_url: str) -> Iterator[tuple[int, str]]:
    """The port of a site with rooms in PostgreSQL, and a token for importing there."""
    with closing(connect(postgres_url)) as storage:
        token = token_for(storage.tokens, Role.IMPORTER)
    with (
        gunicorn(home, "one", postgres_url) as path,
        nginx(home, [path], **LIMITED) as port,
    ):
        yield port, token


@pytest.fixture
def nowhere(home: Path) -> Iterator[int]:
    """The port of a site whose gunicorn is away."""
    with nginx(home, [home / "away"]) as port:
        yield port


def post(port: int, path: str, body: bytes, authorization: str) -> Any:
    """Send a CSV file, and return the response's body."""
    fields = {"Content-Type": "text/csv", "Authorization": authorization}
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    with closing(connection):
        connection.request("POST", path, body, fields)
        return json.loads(connection.getresponse().read())


def test_a_request_line_of_8_kib_reaches_the_application(site: int) -> None:
    path = "/rooms?x="
    path += "x" * (8190 - REQUEST_LINE - len(path))

    answer = ask(site, path)

    assert answer.status == 400
    assert answer.json()["errors"] == [{"parameter": "x", "message": "is not a known parameter"}]


def test_links_that_repeat_the_longest_query_reach_the_client(site: int) -> None:
    codes = ",".join(room.code for room in EXAMPLE_ROOMS * 25)
    price = "0" * 3000

    answer = ask(site, f"/rooms?limit=1&filter_code__in={codes}&filter_price__gt={price}")

    assert answer.status == 200
    assert len(answer.fields["Link"]) > 2 * len(codes)


@pytest.mark.parametrize("excess", [3, 1000, 100_000])
def test_a_longer_request_line_is_refused_as_json(site: int, excess: int) -> None:
    path = "/rooms?x=" + "x" * 8190 + "x" * excess

    answer = ask(site, path)

    assert answer.status == 414
    assert answer.json()["type"] == "ParametersError"


def test_header_fields_that_are_too_large_are_refused_as_json(site: int) -> None:
    answer = ask(site, "/rooms", **{"X-Large": "x" * 9000})

    assert answer.status == 431
    assert answer.json()["type"] == "ParametersError"
    assert answer.json()["code"] == "request_header_fields_too_large"


def test_a_body_that_is_too_large_is_refused_as_json(site: int) -> None:
    answer = ask(site, "/rooms", "POST", **{"Content-Length": str(2 * 2**20)})

    assert answer.status == 413
    assert answer.json()["type"] == "ParametersError"


def test_the_body_of_an_import_may_be_larger_but_not_without_bounds(
    importing: tuple[int, str],
) -> None:
    site, token = importing
    fields = {"Content-Type": "text/csv", "Content-Length": str(IMPORT_LIMIT + 1)}
    answer = ask(site, "/rooms/import?dry_run=true", "POST", **fields)

    assert answer.status == 413
    assert answer.json()["message"] == (
        f"The body is larger than {IMPORT_LIMIT} bytes: `rentomatic rooms import` takes any number"
    )

    assert post(site, "/rooms/import", LARGE, token)["rejected"] == 0


@pytest.mark.parametrize(
    ("query", "shown", "kind"),
    [
        ("dry_run=x", True, "ParametersError"),
        ("column_size=m2", True, "ParametersError"),
        ("", False, "ResourceError"),
    ],
)
def test_an_import_that_is_refused_before_its_body_is_read_is_told_why(
    importing: tuple[int, str], query: str, shown: bool, kind: str
) -> None:
    site, token = importing
    for _ in range(5):
        answer = post(site, f"/rooms/import?{query}", LARGE, token if shown else "")
        assert answer["type"] == kind, answer


@pytest.mark.parametrize(
    "text",
    [
        b"nonsense\r\n\r\n",
        b"GET /rooms HTTP/1.1\r\n\r\n",
        b"GET /rooms HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        b"GET /rooms\xc3\xa9 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /rooms HTTP/1.1\r\nHost: a\r\nX: \x01\r\nConnection: close\r\n\r\n",
        b"GET /%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /rooms HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_as_json(site: int, text: bytes) -> None:
    status, body = exchange_json(site, text)

    assert status == 400
    assert (body["type"], body["code"]) == ("ParametersError", "bad_request")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_gunicorn_the_answer_is_503_and_may_be_asked_for_again(
    nowhere: int, method: str
) -> None:
    answer = ask(nowhere, "/rooms", method)

    assert answer.status == 503
    assert answer.json()["type"] == "SystemError"
    assert answer.fields["Retry-After"] == "1"
    assert answer.fields["Cache-Control"] == "no-store"
    assert len(answer.fields["X-Request-ID"]) == 32


def test_two_gunicorns_share_the_work_on_one_database(home: Path, postgres_url: str) -> None:
    rooms = connect(postgres_url).rooms
    rooms.put(EXAMPLE_ROOMS)
    rooms.close()
    with (
        gunicorn(home, "one", postgres_url) as one,
        gunicorn(home, "two", postgres_url) as two,
        nginx(home, [one, two]) as port,
    ):
        answers = [ask(port, "/rooms?limit=1") for _ in range(20)]

    assert [answer.json()[0]["price"] for answer in answers] == [39] * 20
    for name in ("one", "two"):
        assert '"path":"/rooms"' in (home / f"{name}.log").read_text("utf-8")


def test_a_gunicorn_that_is_away_is_not_noticed_while_there_is_another(
    home: Path, application: Path
) -> None:
    with nginx(home, [home / "away", application]) as port:
        assert [ask(port, "/rooms").status for _ in range(20)] == [200] * 20


def test_what_a_client_claims_about_itself_is_overwritten(home: Path) -> None:
    claims = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Real-IP": "6.6.6.6",
        "X-Request-ID": "chosen-by-the-client",
    }
    with mirror(home) as path, nginx(home, [path]) as port:
        got = json.loads(ask(port, "/rooms", **claims).body)

    assert got["Host"] == "127.0.0.1"
    assert got["X-Forwarded-For"] == got["X-Real-IP"] == "127.0.0.1"
    assert got["X-Forwarded-Host"] == f"127.0.0.1:{port}"
    assert got["X-Forwarded-Proto"] == "http"
    assert got["X-Request-ID"] == "chosen-by-the-client"
