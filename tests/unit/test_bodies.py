"""Rooms and merge patches in JSON."""

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
        ({"size": 53.5}, "size: must be a whole number"),
        ({"size": True}, "size: must be a number"),
        ({"size": "53"}, "size: must be a number"),
        ({"size": 0}, "size: must be from 1 to 2147483647"),
        ({"size": 10**30}, "size: must be from 1 to 2147483647"),
        ({"price": 1e300}, "price: must be from 0 to 2147483647"),
        ({"latitude": 91}, "latitude: must be from -90 to 90"),
        ({"longitude": [1]}, "longitude: must be a number"),
        ({"code": 5}, "code: must be a UUID"),
        ({"code": "x"}, "code: must be a UUID"),
        ({"floor": 1}, "floor: is not a member of a room"),
        ({"": 1}, ": is not a member of a room"),
    ],
)
def test_an_impossible_member_is_named(changes: dict[str, Any], problem: str) -> None:
    assert problems(MEMBERS | changes) == [problem]


def test_every_problem_is_named_at_once() -> None:
    assert set(problems({"size": 0, "price": "1", "floor": 2})) == {
        "floor: is not a member of a room",
        "size: must be from 1 to 2147483647",
        "price: must be a number",
        "longitude: is missing",
        "latitude: is missing",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "body: is invalid JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"{", "body: is invalid JSON: Expecting property name enclosed in double quotes"),
        (b'{"size": NaN}', "body: is invalid JSON: NaN is not a number"),
        (b'{"size": -Infinity}', "body: is invalid JSON: -Infinity is not a number"),
        (b'{"size": 1e400}', "size: must be a whole number"),
        (b'{"size": 1, "size": 1}', "size: is given more than once"),
        (b"[]", "body: must be a JSON object"),
        (b"5", "body: must be a JSON object"),
        (b"null", "body: must be a JSON object"),
        (b'{"size": 1}{}', "body: is invalid JSON: Extra data"),
        (b'"\xff"', "body: is invalid JSON: byte 2 is not UTF-8"),
        (b"[" * 100_000, "body: is invalid JSON: it is nested too deeply"),
        (b'{"size": ' + b"9" * 5000 + b"}", "body: is invalid JSON: a number has too many digits"),
        (b'{"size": {"a": 1, "a": 2}}', "a: is given more than once"),
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
    with pytest.raises(InvalidRequest, match=f"^code: must be {room(4).code}"):
        parse_whole_room(text[:-1] + f', "code": "{NEW}"}}'.encode(), room(4).code)


@pytest.mark.parametrize(
    ("patch", "changes"),
    [
        ({}, {}),
        ({"price": 7}, {"price": 7}),
        ({"price": 7.0, "size": 3}, {"price": 7, "size": 3}),
        ({"code": room(4).code.upper()}, {}),
        ({"title": "", "photos": [], "address": {}, "features": None}, {}),
    ],
)
def test_a_patch_changes_what_it_names(patch: dict[str, Any], changes: dict[str, Any]) -> None:
    assert parse_patch(json.dumps(patch).encode())(room(4)) == room(4, **changes)


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        ({"price": None}, "price: is missing"),
        ({"floor": None}, "floor: is not a member of a room"),
        ({"price": -1}, "price: must be from 0 to 2147483647"),
        ({"price": {"amount": 1}}, "price: must be a number"),
        ({"code": NEW}, f"code: must be {room(4).code}, because it cannot be changed"),
        ({"code": "x"}, "code: must be a UUID"),
        ({"title": []}, "title: must be text"),
        ({"photos": {}}, "photos: must be a list of photos"),
        ({"address": []}, "address: must be an object"),
    ],
)
def test_an_impossible_change_is_named(patch: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_patch(json.dumps(patch).encode())(room(4))

    assert str(refused.value).startswith(problem)
