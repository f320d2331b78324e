"""How the POSTGRES_* names become the URL of a database, and who may see it."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import make_url

from rentomatic.errors import InvalidRequest
from rentomatic.settings import load
from tests.passwords import AWKWARD

GIVEN = {
    "APPLICATION_CONFIG_PATH": "/nowhere",
    "POSTGRES_HOSTNAME": "db",
    "POSTGRES_USER": "user",
    "POSTGRES_PASSWORD": "secret",
}


def url(**environ: str) -> str:
    return load(GIVEN | environ).repository


def problems_of(**environ: str) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        url(**environ)
    return [str(problem) for problem in failure.value.problems]


def test_the_names_of_the_book_make_a_url() -> None:
    assert url() == "postgresql://user:secret@db:5432/application"
    assert url(POSTGRES_PORT="5433", APPLICATION_DB="rooms", POSTGRES_DB="other") == (
        "postgresql://user:secret@db:5433/rooms"
    )


def test_a_url_given_as_a_whole_wins() -> None:
    assert url(RENTOMATIC_REPOSITORY="postgresql://other/") == "postgresql://other/"


@pytest.mark.parametrize("text", AWKWARD)
@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "POSTGRES_USER", "APPLICATION_DB"])
def test_any_text_comes_out_of_the_url_as_it_went_in(name: str, text: str) -> None:
    environ = {name: text}
    parts = make_url(url(**environ))

    assert parts.password == environ.get("POSTGRES_PASSWORD", "secret")
    assert parts.username == environ.get("POSTGRES_USER", "user")
    assert parts.database == environ.get("APPLICATION_DB", "application")
    assert (parts.host, parts.port) == ("db", 5432)


def test_a_password_can_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes(b" s3cr%t \r\n")

    found = url(POSTGRES_PASSWORD="", POSTGRES_PASSWORD_FILE=str(file))

    assert make_url(found).password == " s3cr%t "


def test_the_password_itself_wins_over_its_file() -> None:
    assert url(POSTGRES_PASSWORD_FILE="/nowhere") == url()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "no text"])
def test_a_password_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    assert problems_of(POSTGRES_PASSWORD="", POSTGRES_PASSWORD_FILE=str(file)) == [
        f"POSTGRES_PASSWORD_FILE: {file} cannot be read"
    ]


@pytest.mark.parametrize("host", ["::1", "2001:db8::7"])
def test_a_host_may_be_an_ipv6_address(host: str) -> None:
    parts = urlsplit(url(POSTGRES_HOSTNAME=host))

    assert (parts.hostname, parts.port) == (host, 5432)


def test_a_host_may_be_the_folder_of_a_socket() -> None:
    parts = urlsplit(url(POSTGRES_HOSTNAME="/run/my postgres", POSTGRES_PORT="5433"))

    assert parse_qs(parts.query) == {"host": ["/run/my postgres"]}
    assert (parts.hostname, parts.port, unquote(parts.path)) == (None, 5433, "/application")


def test_what_is_missing_beside_a_host_is_named() -> None:
    assert problems_of(POSTGRES_USER="", POSTGRES_PASSWORD="") == [
        "POSTGRES_USER: Is not set, but POSTGRES_HOSTNAME is",
        "POSTGRES_PASSWORD: Is not set, nor is POSTGRES_PASSWORD_FILE, but POSTGRES_HOSTNAME is",
    ]


@pytest.mark.parametrize("port", ["x", "0", "65536", "5432 ", "-1", "5_432"])
def test_a_wrong_port_is_named(port: str) -> None:
    assert problems_of(POSTGRES_PORT=port) == [
        "POSTGRES_PORT: Is not a whole number from 1 to 65535"
    ]


@pytest.mark.parametrize("text", AWKWARD)
def test_no_password_is_shown(text: str) -> None:
    found = load(GIVEN | {"POSTGRES_PASSWORD": text}).masked()

    assert found["RENTOMATIC_REPOSITORY"] == "postgresql://user:***@db:5432/application"
