"""What is read as a room in JSON, what as a change to one, and what is refused by name."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest
from rentomatic.requests.bodies import parse_new_room, parse_patch, parse_whole_room
from rentomatic.serializers.rooms import room_to_dict
from tests import strategies
from tests.rooms import room

MEMBERS = {"size": 20, "price": 50, "latitude": 50.06, "longitude": 19.94}
NEW = room(9).code


def read(members: object) -> Room:
    text = members if isinstance(members, bytes) else json.dumps(members).encode()
    return parse_new_room(text, lambda: NEW)


def problems(members: object) -> list[str]:
    with pytest.raises(InvalidRequest) as refused:
        read(members)
    return str(refused.value).split("\n")


def test_a_room_without_a_code_gets_one() -> None:
    assert read(MEMBERS) == room(9)


def test_a_room_may_bring_its_code_in_any_spelling() -> None:
    assert read(MEMBERS | {"code": room(3).code.upper()}) == room(3)


@given(strategies.rooms)
def test_what_is_written_is_read(kept: Room) -> None:
    assert repr(read(room_to_dict(kept))) == repr(kept)


@pytest.mark.parametrize("size", [53, 53.0])
def test_a_whole_number_may_have_a_fraction_of_nothing(size: float) -> None:
    assert repr(read(MEMBERS | {"size": size}).size) == "53"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"size": 53.5}, "size: Is not a whole number"),
        ({"size": True}, "size: Is not a number"),
        ({"size": "53"}, "size: Is not a number"),
        ({"size": None}, "size: Is not a number"),
        ({"size": 0}, "size: Is not between 1 and 2147483647"),
        ({"size": 10**30}, "size: Is not between 1 and 2147483647"),
        ({"price": 1e300}, "price: Is not between 0 and 2147483647"),
        ({"latitude": 91}, "latitude: Is not between -90 and 90"),
        ({"longitude": [1]}, "longitude: Is not a number"),
        ({"code": 5}, "code: Is not a UUID"),
        ({"code": "x"}, "code: Is not a UUID"),
        ({"floor": 1}, "floor: Is no member of a room"),
        ({"": 1}, ": Is no member of a room"),
    ],
)
def test_an_impossible_member_is_named(changes: dict[str, Any], problem: str) -> None:
    assert problems(MEMBERS | changes) == [problem]


def test_every_problem_is_named_at_once() -> None:
    assert set(problems({"size": 0, "price": "1", "floor": 2})) == {
        "floor: Is no member of a room",
        "size: Is not between 1 and 2147483647",
        "price: Is not a number",
        "longitude: Is missing",
        "latitude: Is missing",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "body: Is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"{", "body: Is not JSON: Expecting property name enclosed in double quotes"),
        (b'{"size": NaN}', "body: Is not JSON: NaN is no number"),
        (b'{"size": -Infinity}', "body: Is not JSON: -Infinity is no number"),
        (b'{"size": 1e400}', "size: Is not a whole number"),
        (b'{"size": 1, "size": 1}', "size: Is given more than once"),
        (b"[]", "body: Is not a JSON object"),
        (b"5", "body: Is not a JSON object"),
        (b"null", "body: Is not a JSON object"),
        (b'{"size": 1}{}', "body: Is not JSON: Extra data"),
        (b'"\xff"', "body: Is not JSON: byte 2 is not UTF-8"),
        (b"[" * 100_000, "body: Is not JSON: it is nested too deeply"),
        (b'{"size": ' + b"9" * 5000 + b"}", "body: Is not JSON: a number has too many digits"),
        (b'{"size": {"a": 1, "a": 2}}', "a: Is given more than once"),
    ],
)
def test_what_is_no_object_is_refused(text: bytes, problem: str) -> None:
    assert problems(text)[0].startswith(problem)


@given(any_of.binary())
def test_any_bytes_are_a_room_or_an_invalid_request(text: bytes) -> None:
    with suppress(InvalidRequest):
        read(text)


def test_a_whole_room_has_the_code_that_it_is_put_under() -> None:
    text = json.dumps(MEMBERS).encode()

    assert parse_whole_room(text, room(4).code) == room(4)
    assert parse_whole_room(text[:-1] + f', "code": "{NEW}"}}'.encode(), NEW) == room(9)
    with pytest.raises(InvalidRequest, match=f"^code: Is not {room(4).code}"):
        parse_whole_room(text[:-1] + f', "code": "{NEW}"}}'.encode(), room(4).code)


@pytest.mark.parametrize(
    ("patch", "changes"),
    [
        ({}, {}),
        ({"price": 7}, {"price": 7}),
        ({"price": 7.0, "size": 3}, {"price": 7, "size": 3}),
        ({"code": room(4).code.upper()}, {}),
    ],
)
def test_a_patch_changes_what_it_names(patch: dict[str, Any], changes: dict[str, Any]) -> None:
    assert parse_patch(json.dumps(patch).encode())(room(4)) == room(4, **changes)


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ({"price": None}, "price: Is missing"),
        ({"floor": None}, "floor: Is no member of a room"),
        ({"price": -1}, "price: Is not between 0 and 2147483647"),
        ({"price": {"amount": 1}}, "price: Is not a number"),
        ({"code": NEW}, f"code: Is not {room(4).code}, and cannot be changed"),
        ({"code": "x"}, "code: Is not a UUID"),
    ],
)
def test_an_impossible_change_is_named(patch: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_patch(json.dumps(patch).encode())(room(4))

    assert str(refused.value).startswith(problem)
