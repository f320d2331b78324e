"""Which column of a CSV file holds which field."""

import pytest

from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.room import REQUIRED
from rentomatic.errors import InvalidRequest
from rentomatic.imports.options import COLUMN
from rentomatic.imports.rows import Row
from tests.imports import rejected
from tests.imports import rows_of as rows_of_format
from tests.rooms import HEADER, line, room

LINE = line()


def rows_of(text: str, **columns: str) -> list[Row]:
    return rows_of_format("csv", text, {COLUMN + name: text for name, text in columns.items()})


def header_problems(text: str, **columns: str) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        rows_of(text, **columns)
    return [problem.parameter for problem in failure.value.problems]


def test_columns_stand_in_any_order_among_others_that_are_ignored() -> None:
    header, cells = (text.rstrip().split(",") for text in (HEADER, LINE))
    text = f"id,{','.join(header[::-1])},note\n7,{','.join(cells[::-1])},\n"

    assert rows_of(text) == [room()]


def test_a_column_may_have_a_name_of_its_own() -> None:
    header = HEADER.replace("code", "id").replace("size", "squareMeters")
    text = header + LINE + line(2, size="x")

    assert rows_of(text, code="id", size="squareMeters") == [
        room(),
        rejected(3, "squareMeters", f"must be a whole number from 1 to {INT32_MAX}"),
    ]


def test_a_column_that_is_mapped_is_not_the_one_of_the_fields_name() -> None:
    text = f"{HEADER.rstrip()},id\n{line(code='none').rstrip()},{room().code}\n"

    assert rows_of(text, code="id") == [room()]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("", list(REQUIRED)),
        ("\n", list(REQUIRED)),
        (HEADER.replace("longitude,latitude", "note"), ["longitude", "latitude"]),
        (HEADER.replace(",", ":"), list(REQUIRED)),
        (HEADER.replace("code", "Code"), ["code"]),
        ('"code,size\n', ["row"]),
    ],
    ids=repr,
)
def test_every_missing_column_is_named(header: str, missing: list[str]) -> None:
    assert header_problems(header) == missing


def test_a_missing_column_is_named_as_it_was_mapped() -> None:
    assert header_problems(HEADER, size="squareMeters") == ["squareMeters"]


def test_a_column_that_stands_twice_is_named() -> None:
    assert header_problems(f"{HEADER.rstrip()},price\n") == ["price"]


def test_an_ignored_column_may_stand_twice() -> None:
    assert rows_of(f"{HEADER.rstrip()},note,note\n{LINE.rstrip()},a,b\n") == [room()]


def test_a_duplicate_is_named_by_the_column_of_the_file() -> None:
    rows = rows_of(HEADER.replace("code", "id") + LINE * 2, code="id")

    assert rows == [room(), rejected(3, "id", "is a duplicate of line 2")]
