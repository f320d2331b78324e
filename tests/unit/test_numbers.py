"""How numbers are spelled from outside: decided once, for every edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.numbers import INT32_MAX, finite_number, whole_number

NO_WHOLE_NUMBERS = (
    "",
    " ",
    "-1",
    "-0",
    "+5",
    " 5",
    "5 ",
    "5\n",
    "5\0",
    "1_000",
    "1,000",
    "5.0",
    "5e0",
    "0x10",
    "NaN",
    "Infinity",
    "true",
    "\N{FULLWIDTH DIGIT FIVE}",
    "\N{ARABIC-INDIC DIGIT THREE}",
    "\N{SUPERSCRIPT TWO}",
    "2147483648",
    "99999999999",
    "1" + "0" * 5000,
    "9" * 100_000,
)
NO_FINITE_NUMBERS = (
    "",
    " ",
    "-",
    "+5",
    " 5",
    "5 ",
    "5\n",
    "5\0",
    "05",
    ".5",
    "5.",
    "1_000",
    "1,5",
    "0x10",
    "NaN",
    "nan",
    "Infinity",
    "-inf",
    "1e",
    "1e400",
    "-1e400",
    "9" * 400,
    "\N{FULLWIDTH DIGIT FIVE}",
    "\N{ARABIC-INDIC DIGIT THREE}",
    "\N{MINUS SIGN}5",
)


@pytest.mark.parametrize("text", NO_WHOLE_NUMBERS, ids=lambda text: ascii(text[:20]))
def test_a_whole_number_is_spelled_in_ascii_digits_and_in_range(text: str) -> None:
    with pytest.raises(ValueError, match=f"must be a whole number from 0 to {INT32_MAX}"):
        whole_number(text, 0, INT32_MAX)


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("60", 60), ("060", 60), ("0" * 99 + "7", 7), ("00", 0)]
)
def test_leading_zeros_of_a_whole_number_mean_nothing(text: str, number: int) -> None:
    assert whole_number(text, 0, INT32_MAX) == number


def test_the_limits_of_a_whole_number_belong_to_it() -> None:
    assert whole_number("1", 1, 1000) == 1
    assert whole_number("1000", 1, 1000) == 1000
    with pytest.raises(ValueError, match="must be a whole number from 1 to 1000"):
        whole_number("0", 1, 1000)
    with pytest.raises(ValueError, match="must be a whole number from 1 to 1000"):
        whole_number("1001", 1, 1000)


@pytest.mark.parametrize("text", NO_FINITE_NUMBERS, ids=lambda text: ascii(text[:20]))
def test_a_finite_number_is_spelled_as_in_json(text: str) -> None:
    with pytest.raises(ValueError, match="must be a finite number"):
        finite_number(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0.0),
        ("-0", -0.0),
        ("5", 5.0),
        ("-0.09998975", -0.09998975),
        ("1e3", 1000.0),
        ("1E-3", 0.001),
        ("5e-324", 5e-324),
        ("1e-400", 0.0),
        ("1e300", 1e300),
        ("0." + "3" * 5000, 1 / 3),
    ],
    ids=lambda value: str(value)[:20],
)
def test_any_spelling_of_json_is_a_finite_number(text: str, number: float) -> None:
    assert finite_number(text) == number


@given(any_of.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_back_from_its_own_text(number: float) -> None:
    assert repr(finite_number(repr(number))) == repr(number)


@given(any_of.integers(0, INT32_MAX))
def test_an_integer_is_read_back_from_its_own_text(number: int) -> None:
    assert whole_number(str(number), 0, INT32_MAX) == number
