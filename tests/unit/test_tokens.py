"""Tokens and roles."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.tokens import Action, Role, new_token
from rentomatic.errors import InvalidRequest
from rentomatic.repository.memory import MemoryTokens
from rentomatic.requests.tokens import parse_expiry, parse_name
from rentomatic.use_cases.tokens import authenticate

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
    assert token.digest not in repr(token)
    assert new_token("ann", Role.EDITOR, NOON, None)[1] != text


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a.b", "é", "a" * 41, "a\n"])
def test_a_name_is_plain(name: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^name: "):
        new_token(name, Role.EDITOR, NOON, None)


def test_a_token_in_the_place_of_a_name_is_not_quoted() -> None:
    _, text = new_token("ann", Role.EDITOR, NOON, None)

    with pytest.raises(InvalidRequest) as failure:
        parse_name(text)

    assert "ann" not in str(failure.value)
    assert parse_name("ann") == "ann"


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("1d", NOON + timedelta(days=1)),
        ("090d", NOON + timedelta(days=90)),
        ("2030-01-31", datetime(2030, 1, 31, tzinfo=UTC)),
        ("2030-01-31T18:00", datetime(2030, 1, 31, 18, tzinfo=UTC)),
        ("2030-01-31 18:00:30Z", datetime(2030, 1, 31, 18, 0, 30, tzinfo=UTC)),
        ("2030-01-31T18:00+05:45", datetime(2030, 1, 31, 12, 15, tzinfo=UTC)),
    ],
)
def test_an_end_is_a_number_of_days_or_a_time(text: str, end: datetime) -> None:
    assert parse_expiry(text, NOON) == end
    assert parse_expiry(text, NOON).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "d", "0d", "36501d", "-1d", "1.5d", "1D", "90"),
        *("soon", "18:00", "2030-02-30", "0001-01-01T00:00+01:00", "9999-12-31T23:59-01:00"),
    ],
)
def test_any_other_end_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^expires: must be 1d to 36500d or a time"):
        parse_expiry(text, NOON)


def test_a_token_does_not_end_before_it_begins() -> None:
    with pytest.raises(InvalidRequest, match=r"^expires: must be in the future"):
        new_token("ann", Role.EDITOR, NOON, NOON)


@given(any_of.text())
def test_no_text_proves_a_token_that_is_not_there(text: str) -> None:
    with suppress(InvalidRequest):
        assert authenticate(MemoryTokens(), text, NOON) is None
