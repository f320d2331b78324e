"""Which column of a CSV file holds which field."""

import io

import pytest

from rentomatic.csv_rows import read_csv
from rentomatic.errors import InvalidRequest, Problem, RejectedRow
from rentomatic.numbers import INT32_MAX
from rentomatic.records import Row
from tests.rooms import room

HEADER = "code,size,price,longitude,latitude\n"
PLAIN = "20,50,19.94,50.06\n"
LINE = f"{room().code},{PLAIN}"


def rows_of(text: str, **columns: str) -> list[Row]:
    return list(read_csv(io.StringIO(text), columns))


def rejected(number: int, parameter: str, message: str) -> RejectedRow:
    return RejectedRow(number, (Problem(parameter, message),))


def header_problems(text: str, **columns: str) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        rows_of(text, **columns)
    return [problem.parameter for problem in failure.value.problems]


def test_columns_stand_in_any_order_among_others_that_are_ignored() -> None:
    text = f"id,price,latitude,size,note,code,longitude\n7,50,50.06,20,,{room().code},19.94\n"

    assert rows_of(text) == [room()]


def test_a_column_may_have_a_name_of_its_own() -> None:
    text = f"id,squareMeters,price,longitude,latitude\n{LINE}{room(2).code},x,50,19.94,50.06\n"

    assert rows_of(text, code="id", size="squareMeters") == [
        room(),
        rejected(3, "squareMeters", f"Is not a whole number from 1 to {INT32_MAX}"),
    ]


def test_a_column_that_is_mapped_is_not_the_one_of_the_fields_name() -> None:
    text = f"{HEADER.rstrip()},id\nnone,{PLAIN.rstrip()},{room().code}\n"

    assert rows_of(text, code="id") == [room()]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("", ["code", "size", "price", "longitude", "latitude"]),
        ("\n", ["code", "size", "price", "longitude", "latitude"]),
        ("code,size,price\n", ["longitude", "latitude"]),
        (
            "code;size;price;longitude;latitude\n",
            ["code", "size", "price", "longitude", "latitude"],
        ),
        ("Code,size,price,longitude,latitude\n", ["code"]),
        ("\N{ZERO WIDTH NO-BREAK SPACE}" + HEADER, ["code"]),
        ('"code,size\n', ["row"]),
    ],
    ids=repr,
)
def test_every_missing_column_is_named(header: str, missing: list[str]) -> None:
    assert header_problems(header) == missing


def test_a_missing_column_is_named_as_it_was_mapped() -> None:
    assert header_problems(HEADER, size="squareMeters") == ["squareMeters"]


def test_a_column_that_stands_twice_is_named() -> None:
    assert header_problems("code,size,price,longitude,latitude,price\n") == ["price"]


def test_an_ignored_column_may_stand_twice() -> None:
    assert rows_of(f"{HEADER.rstrip()},note,note\n{LINE.rstrip()},a,b\n") == [room()]


def test_a_duplicate_is_named_by_the_column_of_the_file() -> None:
    rows = rows_of(HEADER.replace("code", "id") + LINE * 2, code="id")

    assert rows == [room(), rejected(3, "id", "Duplicate of line 2")]
