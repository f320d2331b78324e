"""Tokens in a storage."""

from datetime import UTC, datetime, timedelta

import pytest

from rentomatic.domain.tokens import Role, Token, new_token
from rentomatic.errors import TokenConflict, TokenNotFound
from rentomatic.repository.protocols import Storage, Tokens
from rentomatic.use_cases.tokens import authenticate

NOON = datetime(2030, 1, 2, 12, 0, 0, 123000, UTC)


@pytest.fixture
def tokens(storage: Storage) -> Tokens:
    return storage.tokens


def token(name: str = "ann", role: Role = Role.EDITOR, end: datetime | None = None) -> Token:
    return Token(name, role, "00ff" * 16, NOON, end)


def test_at_first_there_is_none(tokens: Tokens) -> None:
    assert list(tokens.list()) == []
    assert tokens.find("ann") is None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("end", [None, NOON + timedelta(days=90)])
def test_a_token_comes_back_as_it_was_added(
    tokens: Tokens, role: Role, end: datetime | None
) -> None:
    tokens.add(token("bob"))
    tokens.add(token("ann", role, end))

    assert tokens.find("ann") == token("ann", role, end)
    assert list(tokens.list()) == [token("ann", role, end), token("bob")]


def test_a_name_is_given_once(tokens: Tokens) -> None:
    tokens.add(token(role=Role.IMPORTER))

    with pytest.raises(TokenConflict, match="There is already a token ann"):
        tokens.add(token())

    assert tokens.find("ann") == token(role=Role.IMPORTER)


def test_a_revoked_token_is_forgotten(tokens: Tokens) -> None:
    tokens.add(token("ann"))
    tokens.add(token("bob"))

    tokens.revoke("ann")

    assert tokens.find("ann") is None
    assert list(tokens.list()) == [token("bob")]
    with pytest.raises(TokenNotFound, match="There is no token ann"):
        tokens.revoke("ann")
    tokens.add(token("ann"))


def test_a_token_is_proved_by_its_text_alone_and_as_long_as_it_holds(tokens: Tokens) -> None:
    made, text = new_token("ann", Role.IMPORTER, NOON, NOON + timedelta(hours=1))
    tokens.add(made)

    assert authenticate(tokens, text, NOON) == made
    assert authenticate(tokens, text, NOON + timedelta(hours=1)) is None
    secret = text.removeprefix("ann.")
    for other in ("", "ann", "ann.", secret, f"ann.{made.digest}", f"{text}=", f"bob.{secret}"):
        assert authenticate(tokens, other, NOON) is None
