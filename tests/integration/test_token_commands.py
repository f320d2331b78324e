"""`rentomatic token`, on every storage that keeps tokens."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from click.testing import CliRunner, Result

from rentomatic.domain.tokens import Action, Role, Token
from rentomatic.repository.connect import connect
from rentomatic.use_cases.tokens import authenticate
from rentomatic_cli import main

pytestmark = pytest.mark.integration

NEW = ("new", "ann", "--role", "editor")


@pytest.fixture(params=["postgres", "mongo"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a storage without tokens."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def run(url: str, *arguments: str) -> Result:
    variables = {"RENTOMATIC_REPOSITORY": url}
    return CliRunner().invoke(main, ("token", *arguments), env=variables)


def found(url: str, text: str) -> Token | None:
    storage = connect(url)
    try:
        return authenticate(storage.tokens, text, datetime.now(UTC))
    finally:
        storage.close()


def rows(url: str) -> list[list[str]]:
    return [line.split() for line in run(url, "list").stdout.splitlines()]


def test_a_new_token_is_printed_and_proves_what_it_is_for(url: str) -> None:
    result = run(url, "new", "nightly", "--role", "importer")

    assert result.exit_code == 0
    token = found(url, result.stdout.removesuffix("\n"))
    assert token is not None
    assert (token.name, token.role, token.expires) == ("nightly", Role.IMPORTER, None)
    assert not token.may(Action.EDIT)
    assert result.stderr == (
        "The token nightly is valid until it is revoked. It is not shown again.\n"
    )


@pytest.mark.parametrize("when", ["90d", "2099-12-31T18:00+01:00"])
def test_a_token_ends_when_it_was_said_to(url: str, when: str) -> None:
    result = run(url, *NEW, "--expires", when)

    token = found(url, result.stdout.strip())
    assert token is not None
    end = datetime(2099, 12, 31, 17, tzinfo=UTC)
    assert token.expires == (token.created + timedelta(days=90) if when == "90d" else end)
    assert f"until {token.expires:%Y-%m-%dT%H:%M:%SZ}." in result.stderr


def test_tokens_are_listed_without_what_proves_them(url: str) -> None:
    text = run(url, *NEW, "--expires", "2099-12-31").stdout.strip()
    storage = connect(url)
    past = datetime(2020, 1, 2, tzinfo=UTC)
    storage.tokens.add(Token("bob", Role.IMPORTER, "00ff" * 16, past, past + timedelta(days=1)))
    storage.tokens.add(Token("cy", Role.IMPORTER, "00ff" * 16, past))
    storage.close()

    heading, ann, bob, cy = rows(url)

    assert heading == ["name", "role", "created", "expires", "expired"]
    assert [*ann[:2], *ann[3:]] == ["ann", "editor", "2099-12-31T00:00:00Z", "no"]
    assert bob[2:] == ["2020-01-02T00:00:00Z", "2020-01-03T00:00:00Z", "yes"]
    assert cy[3:] == ["never", "no"]
    token = found(url, text)
    listing = run(url, "list").output
    assert token is not None
    assert not any(part in listing for part in (text.removeprefix("ann."), token.digest, "00ff"))


def test_a_revoked_token_proves_nothing(url: str) -> None:
    text = run(url, *NEW).stdout.strip()

    result = run(url, "revoke", "ann")

    assert (result.exit_code, result.output) == (0, "The token ann is revoked\n")
    assert found(url, text) is None
    assert len(rows(url)) == 1
    again = run(url, "revoke", "ann")
    assert (again.exit_code, again.stderr) == (3, "rentomatic: There is no token ann\n")


def test_a_name_that_is_taken_keeps_its_token(url: str) -> None:
    text = run(url, *NEW).stdout.strip()

    result = run(url, *NEW)

    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == "rentomatic: There is already a token ann\n"
    assert found(url, text) is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("new", "Ann", "--role", "editor"), "name: must be 1 to 40 characters of a-z, 0-9 and -"),
        ((*NEW, "--expires", "soon"), "expires: must be 1d to 36500d or a time such as"),
        ((*NEW, "--expires", ""), "expires: must be 1d to 36500d or a time such as"),
        ((*NEW, "--expires", "2020-01-01"), "expires: must be in the future"),
        (("revoke", "ann.s3cr3t"), "name: must be 1 to 40 characters of a-z, 0-9 and -"),
    ],
)
def test_what_makes_no_sense_is_named(url: str, arguments: tuple[str, ...], message: str) -> None:
    result = run(url, *arguments)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"rentomatic: {message}")
    assert "s3cr3t" not in result.output
    assert len(rows(url)) == 1


@pytest.mark.parametrize("arguments", [("new", "ann"), ("new", "ann", "--role", "king")])
def test_a_token_has_one_of_the_roles(url: str, arguments: tuple[str, ...]) -> None:
    result = run(url, *arguments)

    assert result.exit_code == 2
    assert "--role" in result.stderr


def test_no_error_quotes_a_digest(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute("ALTER TABLE token ALTER role TYPE int USING 0")

    result = run(postgres_url, *NEW)

    assert result.exit_code == 1
    assert "invalid input syntax" in str(result.exception)
    assert "digest'" not in str(result.exception)
