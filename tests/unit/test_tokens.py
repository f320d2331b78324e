"""Tokens, and what they allow."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.errors import InvalidRequest
from rentomatic.memory import MemoryTokens
from rentomatic.tokens import Action, Role, authenticate, new_token

NOON = datetime(2030, 1, 2, 12, tzinfo=UTC)


def test_a_token_for_importing_cannot_edit() -> None:
    importer, _ = new_token("nightly", Role.IMPORTER, NOON, None)

    assert importer.may(Action.IMPORT)
    assert importer.may(Action.READ)
    assert not importer.may(Action.EDIT)


@pytest.mark.parametrize("action", Action)
def test_an_editor_may_do_everything(action: Action) -> None:
    assert new_token("ann", Role.EDITOR, NOON, None)[0].may(action)


def test_the_secret_is_kept_nowhere_and_never_the_same() -> None:
    token, text = new_token("ann", Role.EDITOR, NOON, None)
    secret = text.removeprefix("ann.")

    assert len(secret) == 43
    assert secret not in repr(token)
    assert new_token("ann", Role.EDITOR, NOON, None)[1] != text


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a.b", "é", "a" * 41, "a\n"])
def test_a_name_is_plain(name: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^name: "):
        new_token(name, Role.EDITOR, NOON, None)


def test_a_token_does_not_end_before_it_begins() -> None:
    with pytest.raises(InvalidRequest, match=r"^expires: Is over already"):
        new_token("ann", Role.EDITOR, NOON, NOON)


@given(any_of.text())
def test_no_text_proves_a_token_that_is_not_there(text: str) -> None:
    with suppress(InvalidRequest):
        assert authenticate(MemoryTokens(), text, NOON) is None
