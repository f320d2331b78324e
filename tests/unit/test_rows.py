"""From a row of text to a room, or to everything wrong with it."""

import pytest
from hypothesis import given

from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest
from rentomatic.requests.field_values import parse_code, parse_room_texts
from rentomatic.serializers.rooms import room_to_columns
from tests import strategies
from tests.rooms import room

TEXTS = {name: str(value) for name, value in vars(room()).items()}


def read(texts: dict[str, str]) -> Room:
    return parse_room_texts(TEXTS | texts)


def problems_of(texts: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        read(texts)
    return str(failure.value).split("\n")


@given(strategies.rooms)
def test_the_text_of_any_room_is_that_room(kept: Room) -> None:
    texts = {name: str(value) for name, value in room_to_columns(kept).items()}
    assert repr(parse_room_texts(texts)) == repr(kept)


def test_a_code_is_normalised() -> None:
    assert read({"code": f"urn:uuid:{room().code}"}) == room()
    assert parse_code(f"{{{room().code}}}") == room().code


def test_a_wrong_code_is_named() -> None:
    with pytest.raises(InvalidRequest, match="code: must be a UUID"):
        parse_code("x")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("code", "x", "must be a UUID"),
        ("size", "0", f"must be a whole number from 1 to {INT32_MAX}"),
        ("size", "53.5", f"must be a whole number from 1 to {INT32_MAX}"),
        ("price", "-1", f"must be a whole number from 0 to {INT32_MAX}"),
        ("price", "2147483648", f"must be a whole number from 0 to {INT32_MAX}"),
        ("longitude", "NaN", "must be a finite number"),
        ("longitude", "180.1", "must be from -180 to 180"),
        ("latitude", "1e400", "must be a finite number"),
        ("latitude", "-91", "must be from -90 to 90"),
    ],
)
def test_a_wrong_text_is_named_by_its_field(name: str, text: str, message: str) -> None:
    assert problems_of({name: text}) == [f"{name}: {message}"]


def test_an_empty_size_is_unknown() -> None:
    assert read({"size": ""}) == room(size=None)


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "size"])
def test_an_empty_text_is_a_missing_one(name: str) -> None:
    assert problems_of({name: ""}) == [f"{name}: is missing"]


def test_every_problem_is_named_at_once() -> None:
    assert problems_of({"code": "", "size": "x", "latitude": "y"}) == [
        "code: is missing",
        f"size: must be a whole number from 1 to {INT32_MAX}",
        "latitude: must be a finite number",
    ]
