"""Decimals become the nearest whole number, where that is wished."""

import pytest

from rentomatic.imports.prices import Money
from rentomatic.imports.values import NumberOptions, reader_of
from tests.imports import rows_of
from tests.rooms import HEADER, line, room

ROUND = {"round": "true"}
price_of = reader_of("price", NumberOptions(None, Money(), rounding=True))


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("53", 53),
        ("53.0", 53),
        ("53.4", 53),
        ("53.5", 54),
        ("52.5", 53),
        ("0.5", 1),
        ("0.49999999999999999999999999999999999999", 0),
        ("5.34e1", 53),
        ("1e-999", 0),
        ("-0.4", 0),
        ("2147483647.4", 2147483647),
        (53.5, 54),
        (52.5, 53),
    ],
)
def test_a_decimal_is_rounded_half_up(text: object, nearest: int) -> None:
    assert price_of(text) == nearest


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "NaN",
        "Infinity",
        "-3.2",
        "2147483647.5",
        "1e10",
        "1e999999999",
        "1e99999999999999999999",
        "-1e99999999999999999999",
        float("inf"),
        True,
    ],
)
def test_other_values_are_rejected(text: object) -> None:
    with pytest.raises(ValueError, match=r"^must be a (whole )?number"):
        price_of(text)


@pytest.mark.parametrize("text", ["1.000", "1,000", "12.345", "999.999", "-1.000", "-12,345"])
def test_one_separator_before_three_digits_is_ambiguous(text: str) -> None:
    with pytest.raises(ValueError, match=f"^is ambiguous: {text.lstrip('-')} may be a decimal"):
        price_of(text)


@pytest.mark.parametrize("text", ["0.500", "1.00", "1.0000", "1234.567", "01.000"])
def test_other_decimals_have_one_meaning(text: str) -> None:
    price_of(text)


def test_decimals_are_rounded_only_when_it_is_asked() -> None:
    text = HEADER + line(1, size="19.5", price="50.49")

    assert rows_of("csv", text, ROUND) == [room(1)]
    (row,) = rows_of("csv", text)
    assert [problem.parameter for problem in row.problems] == ["size", "price"]  # type: ignore[union-attr]


def test_coordinates_are_never_rounded() -> None:
    assert rows_of("csv", HEADER + line(1), ROUND) == [room(1)]
