"""Each operator on each field, with extreme values."""

from uuid import UUID

import pytest

from rentomatic.domain.conditions import Filter
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.operators import NUMERIC, Operator
from rentomatic.domain.query import MAX_IN_VALUES, Query
from rentomatic.domain.room import Room, Value
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.protocols import RoomRepository
from tests.rooms import room

EQ, NE, LT, LTE, GT, GTE, IN = NUMERIC

VALUES: dict[str, tuple[float, ...]] = {
    "size": (1, 20, 21, INT32_MAX),
    "price": (0, 20, 21, INT32_MAX),
    "longitude": (-180.0, -1.1e-100, 0.0, 1.1e-100, 19.94, 180.0),
    "latitude": (-90.0, -1.1e-100, 0.0, 1.1e-100, 50.06, 90.0),
}
EVERY_VALUE = [(field, value) for field, values in VALUES.items() for value in values]

CODES = [example.code for example in EXAMPLE_ROOMS]
FARM, TOWER, LOFT, ATTIC = EXAMPLE_ROOMS  # at 39, 66, 60 and 48


@pytest.mark.parametrize(("field", "value"), EVERY_VALUE)
def test_operators_cut_at_the_value(rooms: RoomRepository, field: str, value: float) -> None:
    values = VALUES[field]
    rooms.put(room(number, **{field: value}) for number, value in enumerate(values))

    def found(operator: Operator) -> list[float]:
        wanted = rooms.search(Query((Filter(field, operator, value),)))
        return sorted(getattr(found, field) for found in wanted)

    assert found(EQ) == [value]
    assert found(NE) == [other for other in values if other != value]
    assert found(LT) == [other for other in values if other < value]
    assert found(LTE) == [other for other in values if other <= value]
    assert found(GT) == [other for other in values if other > value]
    assert found(GTE) == [other for other in values if other >= value]


@pytest.mark.parametrize("value", [1e300, -1e300, 1.7976931348623157e308, 180.00000000000003])
@pytest.mark.parametrize("field", ["longitude", "latitude"])
def test_a_value_may_lie_outside_of_the_world(
    rooms: RoomRepository, field: str, value: float
) -> None:
    rooms.put(EXAMPLE_ROOMS)

    assert rooms.count((Filter(field, EQ, value),)) == 0
    assert rooms.count((Filter(field, NE, value),)) == 4
    assert rooms.count((Filter(field, LT, value),)) == (4 if value > 0 else 0)
    assert rooms.count((Filter(field, GTE, value),)) == (0 if value > 0 else 4)
    assert rooms.count((Filter(field, IN, (value,)),)) == 0


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_zero_is_found_by_either_sign(rooms: RoomRepository, zero: float) -> None:
    rooms.add(room(longitude=0.0))

    assert rooms.count((Filter("longitude", EQ, zero),)) == 1
    assert rooms.count((Filter("longitude", IN, (zero,)),)) == 1
    assert rooms.count((Filter("longitude", LTE, zero), Filter("longitude", GTE, zero))) == 1
    assert rooms.count((Filter("longitude", LT, zero),)) == 0


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("price", (39,), [FARM]),
        ("price", (66, 39), [FARM, TOWER]),
        ("price", (39, 39, 39), [FARM]),
        ("price", tuple(range(MAX_IN_VALUES)), [FARM, ATTIC, LOFT, TOWER]),
        ("price", tuple(range(100, 100 + MAX_IN_VALUES)), []),
        ("price", (), []),
        ("size", (56, INT32_MAX), [LOFT]),
        ("longitude", (-0.09998975, 0.27891577, 1e300), [FARM, LOFT]),
        ("latitude", (51.39916678,), [ATTIC]),
        ("code", tuple(CODES), [FARM, ATTIC, LOFT, TOWER]),
        ("code", (LOFT.code,), [LOFT]),
        ("code", (), []),
        ("code", tuple(str(UUID(int=number)) for number in range(MAX_IN_VALUES)), []),
    ],
)
def test_in_finds_the_rooms_with_any_of_the_values(
    rooms: RoomRepository, field: str, values: tuple[Value, ...], expected: list[Room]
) -> None:
    rooms.put(EXAMPLE_ROOMS)

    assert rooms.search(Query((Filter(field, IN, values),))) == expected


def test_rooms_are_found_by_code(rooms: RoomRepository) -> None:
    rooms.put(EXAMPLE_ROOMS)
    nobodys = str(UUID(int=0))

    assert rooms.search(Query((Filter("code", EQ, LOFT.code),))) == [LOFT]
    assert rooms.search(Query((Filter("code", EQ, nobodys),))) == []
    assert rooms.search(Query((Filter("code", NE, LOFT.code),))) == [FARM, ATTIC, TOWER]
    assert rooms.search(Query((Filter("code", NE, nobodys),))) == [FARM, ATTIC, LOFT, TOWER]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((), [FARM, ATTIC, LOFT, TOWER]),
        ((Filter("price", LT, 66), Filter("price", GT, 48)), [LOFT]),
        ((Filter("price", GT, 48), Filter("price", LT, 48)), []),
        ((Filter("price", NE, 48), Filter("price", NE, 60)), [FARM, TOWER]),
        (
            (Filter("price", LT, 66), Filter("price", LT, 60), Filter("price", LT, 99)),
            [FARM, ATTIC],
        ),
        ((Filter("price", EQ, 48), Filter("price", EQ, 60)), []),
        ((Filter("price", IN, (39, 48)), Filter("price", IN, (48, 60))), [ATTIC]),
        (
            (Filter("price", GTE, 48), Filter("size", LT, 100), Filter("latitude", GT, 51.4)),
            [LOFT],
        ),
        ((Filter("code", NE, FARM.code), Filter("code", NE, LOFT.code)), [ATTIC, TOWER]),
        ((Filter("code", IN, (FARM.code, LOFT.code)), Filter("longitude", LT, 0.0)), [FARM]),
    ],
)
def test_a_room_has_to_meet_every_filter(
    rooms: RoomRepository, filters: tuple[Filter, ...], expected: list[Room]
) -> None:
    rooms.put(EXAMPLE_ROOMS)

    assert rooms.search(Query(filters)) == expected
    assert rooms.count(filters) == len(expected)
