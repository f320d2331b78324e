"""Nginx behind another proxy, and what clients claim about themselves."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.sites import exchange, gunicorn, mirror
from tests.e2e.stack import ask
from tests.servers import nginx

pytestmark = pytest.mark.integration

TRUSTED = {"RENTOMATIC_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"}
FORGED = {
    "Forwarded": "for=6.6.6.6;host=evil.example;proto=https",
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Server": "evil.example",
    "X-Forwarded-Ssl": "on",
    "X-Real-IP": "6.6.6.6",
}
PAGE = {"Accept": "text/html"}


@contextmanager
def mirrored(home: Path, **settings: str) -> Iterator[int]:
    with mirror(home) as path, nginx(home, [path], **settings) as port:
        yield port


def test_a_trusted_proxy_says_who_asks_and_how(home: Path) -> None:
    fields = {
        "Host": "backend:8080",
        "X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.1.2.3",
        "X-Forwarded-Host": "rooms.example",
        "X-Forwarded-Proto": "https",
    }
    with mirrored(home, **TRUSTED) as port:
        got = json.loads(ask(port, "/rooms", **fields).body)

    assert got["X-Forwarded-For"] == got["X-Real-IP"] == "203.0.113.9"
    assert (got["X-Forwarded-Proto"], got["X-Forwarded-Host"]) == ("https", "rooms.example")


def test_nobody_else_is_believed(home: Path) -> None:
    with mirrored(home, RENTOMATIC_TRUSTED_PROXIES="10.0.0.0/8") as port:
        got = json.loads(ask(port, "/rooms", **FORGED).body)

    named = {name: value for name, value in got.items() if name in FORGED}
    assert named == {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": f"127.0.0.1:{port}",
        "X-Forwarded-Proto": "http",
        "X-Real-IP": "127.0.0.1",
    }


@pytest.mark.parametrize("proto", ["gopher", "HTTPS, http", "https\x00", ""])
def test_a_trusted_proxy_cannot_invent_a_scheme(home: Path, proto: str) -> None:
    fields = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": proto.replace("\x00", "")}
    fields["X-Forwarded-Proto"] += "x" if "\x00" in proto else ""
    with mirrored(home, **TRUSTED) as port:
        got = json.loads(ask(port, "/rooms", **fields).body)

    assert got["X-Forwarded-Proto"] == "http"


def test_no_forged_field_changes_an_answer(home: Path, application: Path) -> None:
    with nginx(home, [application]) as port:
        ask(port, "/rooms-in", **PAGE)  # from now on, it is known which places have rooms
        plain = ask(port, "/", **PAGE)
        for name, value in FORGED.items():
            answer = ask(port, "/", **PAGE, **{name: value})
            assert (answer.status, answer.body) == (200, plain.body), name


def test_clients_of_a_trusted_proxy_have_a_limit_each(home: Path, application: Path) -> None:
    with nginx(home, [application], RENTOMATIC_RATE_LIMIT="1", **TRUSTED) as port:
        each = [ask(port, "/rooms", **{"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(20)]
        one = [ask(port, "/rooms", **{"X-Forwarded-For": "203.0.113.99"}) for _ in range(20)]

    assert {answer.status for answer in each} == {200}
    assert 429 in {answer.status for answer in one}


def test_https_of_a_trusted_proxy_reaches_pages_and_cookies(home: Path) -> None:
    fields = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    key = {"RENTOMATIC_SECRET_KEY": "k" * 32}
    with (
        gunicorn(home, "one", "memory://", **key) as path,
        nginx(home, [path], **TRUSTED) as port,
    ):
        page = ask(port, "/", **PAGE, **fields, Host="rooms.example")
        cookie = ask(port, "/sign-in", **fields).fields["Set-Cookie"]

    assert b'"https://rooms.example/' in page.body
    assert "Secure" in cookie


@pytest.mark.parametrize(
    "head",
    [
        "GET http://rooms.example/rooms HTTP/1.1\r\nHost: evil.example",
        "GET http://rooms.example:8080/rooms HTTP/1.1\r\nHost: evil.example:8080",
        "GET /rooms HTTP/1.1\r\nHost: rooms.example.",
        "GET /rooms HTTP/1.1\r\nHost: ROOMS.example:80",
    ],
)
def test_one_host_is_checked_and_passed_on(home: Path, head: str) -> None:
    with mirrored(home, RENTOMATIC_HOSTS="rooms.example") as port:
        answer = exchange(port, f"{head}\r\nConnection: close\r\n\r\n".encode("latin-1"))

    got = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert got["Host"].lower() == "rooms.example"
    assert got["X-Forwarded-Host"].lower().partition(":")[0] == "rooms.example"


@pytest.mark.parametrize(
    "head",
    [
        "GET http://evil.example/rooms HTTP/1.1\r\nHost: rooms.example",
        "GET /rooms HTTP/1.1\r\nHost: evil.example",
        "GET /rooms HTTP/1.1\r\nHost: rooms.example.evil.example",
        "GET /rooms HTTP/1.1\r\nHost: rooms.example,evil.example",
        "GET /rooms HTTP/1.1\r\nHost: default",
        "GET /rooms HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: rooms.example",
        "GET /rooms HTTP/1.0",
    ],
)
def test_another_host_is_refused(home: Path, application: Path, head: str) -> None:
    with nginx(home, [application], RENTOMATIC_HOSTS="rooms.example") as port:
        answer = exchange(port, f"{head}\r\nConnection: close\r\n\r\n".encode("latin-1"))

    assert answer.split()[1] == b"421"


@pytest.mark.parametrize("path", ["/%0A", "/rooms%0Ax", "/a%0Db", "/%09", "/a%20b"])
def test_odd_characters_in_a_path_are_not_taken_for_another_host(
    home: Path, application: Path, path: str
) -> None:
    with nginx(home, [application], RENTOMATIC_HOSTS="rooms.example") as port:
        assert ask(port, path, Host="rooms.example").status == 404


@pytest.mark.parametrize("host", ["_", "a_b", "-", "..", "a..b", "[::1", "x" * 300])
def test_an_odd_host_makes_no_odd_links(home: Path, application: Path, host: str) -> None:
    with nginx(home, [application]) as port:
        answer = ask(port, "/", **PAGE, Host=host)

    assert answer.status in (200, 400)
    assert b":///" not in answer.body


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_request_without_a_host_is_answered(home: Path, application: Path, version: str) -> None:
    with nginx(home, [application]) as port:
        head = f"GET / HTTP/{version}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
        answer = exchange(port, head.encode())

    assert answer.split()[1] == (b"200" if version == "1.0" else b"400")
    assert b":///" not in answer


def test_a_host_of_8_kb_costs_no_time(home: Path, application: Path) -> None:
    """The check once took time by the square of the length."""
    hosts = ",".join(f"rooms{number}.example" for number in range(100))
    with nginx(home, [application], RENTOMATIC_HOSTS=hosts) as port:
        answers = [ask(port, f"/{'a%20' * 600}", Host="x" * 4000) for _ in range(20)]

    assert {answer.status for answer in answers} == {421}
