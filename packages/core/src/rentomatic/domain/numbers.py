"""Numbers from text, by one spelling each."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal

INT32_MAX = 2**31 - 1

_DIGITS = re.compile(r"0*([0-9]{1,10})")
_AMBIGUOUS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def whole_number(text: str, minimum: int, maximum: int) -> int:
    """Return a whole number spelled in ASCII digits, or raise ValueError.

    int() would also take 1_000, ' 12 ', +5 and full-width digits.
    """
    match = _DIGITS.fullmatch(text)
    if not match or not minimum <= int(match[1]) <= maximum:
        raise ValueError(f"must be a whole number from {minimum} to {maximum}")
    return int(match[1])


def finite_number(text: str) -> float:
    """Return a number spelled as in JSON (RFC 8259, section 6), or raise ValueError."""
    if not _JSON_NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
        raise ValueError("must be a finite number")
    return number


def rounded(text: str) -> str:
    """Return a decimal as the nearest whole number, halves up, and any other text as it is.

    Raises ValueError for `1.000` and `1,000`, which are 1 in some files and 1000 in others.
    """
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError(f"is ambiguous: {text} may be a decimal, or a number with thousands")
    try:
        if _JSON_NUMBER.fullmatch(text):
            number = Decimal(text).to_integral_value(ROUND_HALF_UP)
            return str(int(number)) if abs(number) <= INT32_MAX else text
    except ArithmeticError:  # 1e99999999999999999999 is more than even Decimal holds
        pass
    return text
