"""How the POSTGRES_* names become the URL of a database, and who may see it."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import make_url

from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import load, owner_of
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


ROLE = {"APPLICATION_USER": "role", "APPLICATION_PASSWORD": "other"}


def test_one_role_serves_and_owns_unless_two_are_named() -> None:
    one, two = load(GIVEN), load(GIVEN | ROLE)

    assert one.owner == one.repository
    assert one.owner_serves
    assert two.owner == one.owner
    assert two.repository == "postgresql://role:other@db:5432/application"
    assert not two.owner_serves


@pytest.mark.parametrize(
    "environ",
    [
        {"POSTGRES_USER": "", "POSTGRES_PASSWORD": ""},
        {"POSTGRES_PASSWORD": ""},  # services/config/production.json names the user
        {"RENTOMATIC_REPOSITORY": "postgresql://db:5432/application"},
    ],
)
def test_a_process_that_only_serves_needs_no_owner(environ: dict[str, str]) -> None:
    found = load(GIVEN | ROLE | environ)

    assert found.repository == "postgresql://role:other@db:5432/application"
    assert found.owner == "postgresql://db:5432/application"
    assert not found.owner_serves
    with pytest.raises(InvalidRequest, match="connects as the owner of the database"):
        owner_of(found)


def test_the_owners_commands_find_the_owner() -> None:
    for given in (GIVEN, GIVEN | ROLE):
        assert owner_of(load(given)) == "postgresql://user:secret@db:5432/application"
    for url_ in ("memory://", "mongodb://h/d", "postgresql://h/d"):
        assert owner_of(load({"RENTOMATIC_REPOSITORY": url_})) == url_


def test_an_owner_with_a_password_needs_a_name() -> None:
    assert problems_of(**ROLE, POSTGRES_USER="") == [
        "POSTGRES_USER: must be set, because POSTGRES_PASSWORD is"
    ]


@pytest.mark.parametrize("text", AWKWARD)
def test_any_text_is_the_name_or_the_password_of_a_role(text: str) -> None:
    found = load(GIVEN | {"APPLICATION_USER": text, "APPLICATION_PASSWORD": text})
    parts = make_url(found.repository)

    assert (parts.username, parts.password, parts.host) == (text, text, "db")
    assert found.masked()["APPLICATION_USER"] == text
    assert found.masked()["RENTOMATIC_REPOSITORY"] == ("postgresql://user:***@db:5432/application")


@pytest.mark.parametrize(
    ("owner", "serving"),
    [
        ("postgresql://me:a/b?c@h:5/d?x=1", "postgresql://role:other@h:5/d?x=1"),
        ("postgresql://me@h/d", "postgresql://role:other@h/d"),
        ("postgresql://@h/d", "postgresql://role:other@h/d"),
        ("postgresql://h/d", "postgresql://role:other@h/d"),
        ("postgres:///d?host=/run", "postgres://role:other@/d?host=/run"),
        ("PostgreSQL+psycopg2://me:x@[::1]/d", "PostgreSQL+psycopg2://role:other@[::1]/d"),
        ("mongodb://me:x@h/d", "mongodb://me:x@h/d"),
        ("memory://", "memory://"),
    ],
)
def test_a_role_replaces_who_logs_in_by_a_url_of_postgresql(owner: str, serving: str) -> None:
    found = load(GIVEN | ROLE | {"RENTOMATIC_REPOSITORY": owner})

    assert (found.owner, found.repository) == (owner, serving)


def test_a_role_may_have_no_password_where_the_url_could_have_none() -> None:
    given = {"RENTOMATIC_REPOSITORY": "postgresql://me@h/d", "APPLICATION_USER": "role"}

    assert url(**given) == "postgresql://role@h/d"


@pytest.mark.parametrize(
    ("query", "option"), [("user=me", "user"), ("sslmode=require&password=x", "password")]
)
def test_a_login_that_a_role_cannot_replace_is_refused(query: str, option: str) -> None:
    given = {"RENTOMATIC_REPOSITORY": f"postgresql://h/d?{query}"}

    assert url(**given) == given["RENTOMATIC_REPOSITORY"]
    assert problems_of(**given, **ROLE) == [
        f"RENTOMATIC_REPOSITORY: must not contain {option} after ?,"
        " because APPLICATION_USER is set"
    ]


@pytest.mark.parametrize(
    ("owner", "hostname", "serving"),
    [
        ("postgresql://me:x@h/d", "p", "postgresql://role:other@p:6432/d"),
        ("postgresql://h1:1,h2:2/d?x=1", "::1", "postgresql://role:other@[::1]:6432/d?x=1"),
        ("postgres:///d?host=/run&port=1&hostaddr=::1", "p", "postgres://role:other@p:6432/d"),
        ("postgresql://h/d?x=1", "/a b", "postgresql://role:other@:6432/d?host=%2Fa%20b&x=1"),
        ("mongodb://me:x@h/d", "p", "mongodb://me:x@h/d"),
        ("memory://", "p", "memory://"),
    ],
)
def test_the_role_goes_through_a_pooler_and_the_owner_past_it(
    owner: str, hostname: str, serving: str
) -> None:
    given = ROLE | {"RENTOMATIC_REPOSITORY": owner, "APPLICATION_HOSTNAME": hostname}
    found = load(GIVEN | given)

    assert (found.owner, found.repository) == (owner, serving)


def test_a_pooler_may_stand_before_the_socket_of_a_server() -> None:
    given = GIVEN | {"POSTGRES_HOSTNAME": "/run", "APPLICATION_HOSTNAME": "p"}

    assert load(given).repository == "postgresql://user:secret@p:6432/application"
    assert load(given).owner_serves
    assert load(given | ROLE | {"APPLICATION_PORT": "7"}).repository == (
        "postgresql://role:other@p:7/application"
    )


@pytest.mark.parametrize("port", ["x", "0", "65536"])
def test_a_wrong_port_of_a_pooler_is_named(port: str) -> None:
    assert problems_of(APPLICATION_HOSTNAME="p", APPLICATION_PORT=port) == [
        "APPLICATION_PORT: must be a whole number from 1 to 65535"
    ]


def test_half_a_role_is_refused() -> None:
    assert problems_of(APPLICATION_USER="role") == [
        "APPLICATION_PASSWORD: must be set, or APPLICATION_PASSWORD_FILE,"
        " because APPLICATION_USER is"
    ]
    assert problems_of(APPLICATION_PASSWORD="other") == [
        "APPLICATION_USER: must be set, because APPLICATION_PASSWORD is"
    ]


def test_only_postgresql_knows_an_owner() -> None:
    for given in ("memory://", "mongodb://h/d"):
        assert not load(GIVEN | {"RENTOMATIC_REPOSITORY": given}).owner_serves
    assert load(GIVEN | {"RENTOMATIC_REPOSITORY": "postgres://h/d"}).owner_serves


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


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "APPLICATION_PASSWORD"])
def test_a_password_can_stand_in_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(b" s3cr%t \r\n")

    found = load(GIVEN | ROLE | {name: "", f"{name}_FILE": str(file)})

    passwords = [make_url(each).password for each in (found.owner, found.repository)]
    assert passwords[name == "APPLICATION_PASSWORD"] == " s3cr%t "
    assert passwords[name == "POSTGRES_PASSWORD"] in ("secret", "other")


def test_the_password_itself_wins_over_its_file() -> None:
    assert url(POSTGRES_PASSWORD_FILE="/nowhere") == url()


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "APPLICATION_PASSWORD"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot be read"), (b"\xff\xfe", "cannot be read"), (b"\n", "is empty")],
    ids=["missing", "no text", "empty"],
)
def test_a_password_file_without_a_password_is_named(
    tmp_path: Path, name: str, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    assert problems_of(**ROLE | {name: "", f"{name}_FILE": str(file)}) == [
        f"{name}_FILE: {file} {problem}"
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
        "POSTGRES_USER: must be set, because POSTGRES_HOSTNAME is",
        "POSTGRES_PASSWORD: must be set, or POSTGRES_PASSWORD_FILE, because POSTGRES_HOSTNAME is",
    ]


@pytest.mark.parametrize("port", ["x", "0", "65536", "5432 ", "-1", "5_432"])
def test_a_wrong_port_is_named(port: str) -> None:
    assert problems_of(POSTGRES_PORT=port) == [
        "POSTGRES_PORT: must be a whole number from 1 to 65535"
    ]


@pytest.mark.parametrize("text", AWKWARD)
def test_no_password_is_shown(text: str) -> None:
    found = load(GIVEN | {"POSTGRES_PASSWORD": text}).masked()

    assert found["RENTOMATIC_REPOSITORY"] == "postgresql://user:***@db:5432/application"
    assert found["APPLICATION_USER"] == ""
