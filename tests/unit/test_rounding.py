"""Decimals become the nearest whole number, where that is wished."""

from io import BytesIO

import pytest

from rentomatic.domain.numbers import rounded
from rentomatic.errors import RejectedRow
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import parse_import
from rentomatic.repository.memory import EXAMPLE_ROOMS

CODE = EXAMPLE_ROOMS[0].code
ROUND = [("round", "true")]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("53", "53"),
        ("53.0", "53"),
        ("53.4", "53"),
        ("53.5", "54"),
        ("52.5", "53"),
        ("0.5", "1"),
        ("0.49999999999999999999999999999999999999", "0"),
        ("5.34e1", "53"),
        ("1e-999999999", "0"),
        ("-0.4", "0"),
        ("-3.2", "-3"),
        ("2147483647.4", "2147483647"),
    ],
)
def test_a_decimal_is_rounded_half_up(text: str, nearest: str) -> None:
    assert rounded(text) == nearest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "+53.5",
        "NaN",
        "Infinity",
        "2147483647.5",
        "1e10",
        "1e999999999",
        "1e99999999999999999999",
        "-1e99999999999999999999",
        "1e-99999999999999999999",
    ],
)
def test_what_cannot_be_rounded_stays_for_the_reader_to_reject(text: str) -> None:
    assert rounded(text) == text


@pytest.mark.parametrize("text", ["1.000", "1,000", "12.345", "999.999", "-1.000", "-12,345"])
def test_one_separator_before_three_digits_is_ambiguous(text: str) -> None:
    with pytest.raises(ValueError, match=f"^is ambiguous: {text} may be a decimal"):
        rounded(text)


@pytest.mark.parametrize("text", ["0.500", "1.00", "1.0000", "1234.567", "01.000", "1.000e0"])
def test_other_decimals_have_one_meaning(text: str) -> None:
    rounded(text)


def test_an_ambiguous_number_is_rejected_with_its_reason() -> None:
    text = "code,size,price,longitude,latitude\n" + f"{CODE},1.000,50,1,2\n"

    (row,) = ROW_FORMATS["csv"].read(BytesIO(text.encode()), parse_import(ROUND, "csv"))

    assert isinstance(row, RejectedRow)
    assert [problem.parameter for problem in row.problems] == ["size"]
    assert row.problems[0].message.startswith("is ambiguous: 1.000")
