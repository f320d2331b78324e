"""Errors, and their texts for clients."""

import pytest

from rentomatic.errors import (
    ImportRejected,
    InvalidRequest,
    Problem,
    ReferenceConflict,
    RentomaticError,
    RepositoryReadOnly,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
    TokenConflict,
    TokenNotFound,
    WithdrawalRefused,
)
from tests.rooms import room

TEXTS = {
    InvalidRequest: (InvalidRequest([Problem("path", "Is mandatory")]), "path: Is mandatory"),
    RoomNotFound: (RoomNotFound(room().code), f"There is no room {room().code}"),
    RoomConflict: (RoomConflict(room().code), f"There is already a room {room().code}"),
    ReferenceConflict: (
        ReferenceConflict(("agency", "17")),
        "Another room has the same source and reference: agency, 17",
    ),
    RoomChanged: (RoomChanged(room().code), f"The room {room().code} has been changed meanwhile"),
    TokenNotFound: (TokenNotFound("importer"), "There is no token importer"),
    TokenConflict: (TokenConflict("importer"), "There is already a token importer"),
    ImportRejected: (
        ImportRejected(2, ()),
        "Nothing was imported, because 2 of the rows are invalid",
    ),
    WithdrawalRefused: (
        WithdrawalRefused("acme", 3, 10),
        "Nothing was imported, because the file lacks 3 of the 10 rooms of acme, "
        "more than a fifth; prune_any withdraws any number",
    ),
    RepositoryReadOnly: (RepositoryReadOnly(), "The rooms can only be read right now"),
    RepositoryUnavailable: (RepositoryUnavailable(), "The rooms cannot be reached right now"),
}


@pytest.mark.parametrize(("error", "text"), TEXTS.values())
def test_a_failure_says_what_is_wrong(error: RentomaticError, text: str) -> None:
    assert str(error) == text


def test_programs_know_a_failure_by_its_name() -> None:
    assert {error.code for error, _ in TEXTS.values()} == {
        "import_rejected",
        "invalid_request",
        "reference_conflict",
        "repository_read_only",
        "repository_unavailable",
        "room_changed",
        "room_conflict",
        "room_not_found",
        "token_conflict",
        "token_not_found",
        "withdrawal_refused",
    }


def test_these_are_all_failures_there_are() -> None:
    assert set(TEXTS) == set(RentomaticError.__subclasses__())


def test_problems_are_lines() -> None:
    error = InvalidRequest([Problem("path", "Is mandatory"), Problem("path", "can't be blank")])

    assert str(error) == "path: Is mandatory\npath: can't be blank"


def test_problems_are_kept_however_they_come() -> None:
    error = InvalidRequest(Problem(name, "is missing") for name in ("size", "price"))

    assert error.problems == (Problem("size", "is missing"), Problem("price", "is missing"))


def test_a_failure_without_problems_has_no_text() -> None:
    assert str(InvalidRequest([])) == ""


def test_what_is_unavailable_may_say_more() -> None:
    assert str(RepositoryUnavailable("Another migration is running")) == (
        "Another migration is running"
    )
