"""Decimals become the nearest whole number, where that is wished."""

import pytest

from rentomatic.numbers import rounded


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
