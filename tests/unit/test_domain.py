"""A room is a value that cannot be wrong."""

import json
from dataclasses import FrozenInstanceError, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from rentomatic.domain.fields import canonical_code
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.room import REQUIRED, Room
from rentomatic.errors import InvalidRequest, Problem
from tests import strategies
from tests.rooms import room

CODE = "3251a5bd-86be-428d-8ae9-6e51a8048c33"

SPELLINGS = (
    CODE,
    CODE.upper(),
    CODE.replace("-", ""),
    f"{{{CODE}}}",
    f"urn:uuid:{CODE}",
    f"urn:uuid:{CODE.upper()}",
    "3251A5BD86be428d-8ae96e51a8048c33",
)
NO_UUIDS = (
    "",
    "5",
    CODE[:-1],
    CODE + "0",
    CODE.replace("-", "_"),
    CODE.replace("-", " "),
    f" {CODE}",
    f"{CODE}\n",
    f"{CODE}\0",
    f"0x{CODE.replace('-', '')[2:]}",
    f"+{CODE.replace('-', '')[1:]}",
    "1_1_1_1_1_1_1_1_1_1_1_1_1_1_1_11",
    CODE.replace("3", "\N{FULLWIDTH DIGIT THREE}"),
    CODE.replace("3", "\N{ARABIC-INDIC DIGIT THREE}"),
    CODE.replace("3", "g"),
    CODE.replace("3", "n"),
)


def test_a_room_has_five_members() -> None:
    made = Room(CODE, size=200, price=10, longitude=-0.09998975, latitude=51.75436293)

    assert (made.code, made.size, made.price) == (CODE, 200, 10)
    assert (made.longitude, made.latitude) == (-0.09998975, 51.75436293)
    assert list(REQUIRED) == ["code", "size", "price", "longitude", "latitude"]
    assert list(vars(made)) == list(REQUIRED)


def test_a_room_is_made_from_its_dict_and_gives_it_back() -> None:
    values = {"code": CODE, "size": 200, "price": 10, "longitude": -0.1, "latitude": 51.75}

    assert vars(Room(**values)) == values  # type: ignore[arg-type]  # a mapping has one type


def test_rooms_with_equal_members_are_equal() -> None:
    assert room() == room()
    assert hash(room()) == hash(room())
    assert room(price=1) != room(price=2)


def test_a_room_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        room().price = 5  # type: ignore[misc]  # this is the point


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_code_is_kept_in_its_canonical_spelling(spelling: str) -> None:
    assert canonical_code(spelling) == CODE
    assert room(code=spelling).code == CODE


@pytest.mark.parametrize("text", NO_UUIDS, ids=ascii)
def test_what_is_no_uuid_is_no_code(text: str) -> None:
    with pytest.raises(ValueError, match="must be a UUID"):
        canonical_code(text)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("code", "x", "must be a UUID"),
        ("code", None, "must be a UUID"),
        ("code", UUID(CODE), "must be a UUID"),
        ("size", 0, f"must be from 1 to {INT32_MAX}"),
        ("size", INT32_MAX + 1, f"must be from 1 to {INT32_MAX}"),
        ("size", 53.0, "must be a whole number"),
        ("size", "53", "must be a number"),
        ("size", True, "must be a number"),
        ("price", None, "must be a number"),
        ("price", -1, f"must be from 0 to {INT32_MAX}"),
        ("price", 10**400, f"must be from 0 to {INT32_MAX}"),
        ("price", False, "must be a number"),
        ("longitude", 180.00000000000003, "must be from -180 to 180"),
        ("longitude", float("nan"), "must be from -180 to 180"),
        ("longitude", float("-inf"), "must be from -180 to 180"),
        ("longitude", "0", "must be a number"),
        ("latitude", -91, "must be from -90 to 90"),
        ("latitude", 10**400, "must be from -90 to 90"),
        ("latitude", True, "must be a number"),
    ],
)
def test_a_room_that_could_not_exist_is_not_made(name: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidRequest) as failure:
        room(**{name: value})

    assert failure.value.problems == (Problem(name, message),)


def test_every_problem_of_a_room_is_named_at_once() -> None:
    wrong: dict[str, Any] = {"code": "", "size": 0, "price": -1, "longitude": 200, "latitude": 100}

    with pytest.raises(InvalidRequest) as failure:
        room(**wrong)

    assert [problem.parameter for problem in failure.value.problems] == list(REQUIRED)


def test_the_limits_themselves_are_possible() -> None:
    room(size=1, price=0, longitude=-180, latitude=-90)
    room(size=INT32_MAX, price=INT32_MAX, longitude=180, latitude=90)


def test_coordinates_are_floats_and_zero_has_no_sign() -> None:
    made = room(longitude=0, latitude=-0.0)

    assert repr((made.longitude, made.latitude)) == "(0.0, 0.0)"


@pytest.mark.parametrize("tiny", [1e-100, -1e-101, 5e-324])
def test_coordinates_that_are_nearly_zero_are_zero(tiny: float) -> None:
    made = room(longitude=tiny, latitude=tiny)

    assert repr((made.longitude, made.latitude)) == "(0.0, 0.0)"


def test_a_changed_room_is_checked_too() -> None:
    with pytest.raises(InvalidRequest):
        replace(room(), price=-1)


@given(strategies.rooms)
def test_a_trusted_room_equals_a_checked_one(checked: Room) -> None:
    members = vars(checked)
    details = json.loads(json.dumps(checked.details))
    trusted = Room.trusted(*[*(members[name] for name in REQUIRED), details])

    assert trusted == checked
    assert repr(trusted) == repr(checked)
    assert list(vars(trusted)) == list(vars(checked))
