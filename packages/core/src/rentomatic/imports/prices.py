"""Parse the prices of files, which may name their currency and period.

A price in another currency or for another period raises RejectedNumber.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rentomatic.imports.numbers import (
    DATA,
    PART,
    WORDS,
    Found,
    NoNumber,
    Notation,
    RejectedNumber,
    find_number,
    normalized,
    quoted,
)

_PERIODS = {word: period for period, words in DATA["periods"].items() for word in words}
_CODES: list[str] = DATA["currency_codes"]
_CURRENCIES: dict[str, list[str]] = DATA["currencies"] | {code.lower(): [code] for code in _CODES}
_MULTIPLES: dict[str, int] = DATA["multiples"]
_MULTIPLE = re.compile(rf"(?<=[0-9]) ?({'|'.join(_MULTIPLES)})(?![0-9])")


@dataclass(frozen=True)
class Money:
    """The currency (ISO 4217) and the period of the prices of a file."""

    currency: str = "EUR"
    period: str = "day"


def parse_price(text: str, notation: Notation | None, money: Money) -> Decimal:
    """Parse a price, which may name `money`; another currency or period raises ValueError."""
    plain = normalized(text)
    multiple = _MULTIPLE.search(plain)
    found = find_number(_MULTIPLE.sub(" ", plain, 1))
    try:
        _check_words(found, money)
    except NoNumber:
        raise ValueError(f"must be a price without other words: {quoted(text)}") from None
    number = found.number(notation)
    return number * _MULTIPLES[multiple[1]] if multiple else number


def _check_words(found: Found, money: Money) -> None:
    """Check that the words around a price name nothing but its currency and period."""
    for part in _parts(found.around):
        if part in WORDS["from"]:
            raise RejectedNumber(f"is a limit: {quoted(f'{part} {found.digits}')}")
        if part in _CURRENCIES:
            _check_currency(_CURRENCIES[part], money.currency)
        elif part in _PERIODS:
            _check_period(_PERIODS[part], money.period)
        elif part not in WORDS["per"]:
            raise NoNumber


def _check_currency(found: list[str], expected: str) -> None:
    if expected not in found:
        raise RejectedNumber(f"is in {' or '.join(found[:3])}, but prices are in {expected}")


def _check_period(found: str, expected: str) -> None:
    if found != expected:
        raise RejectedNumber(f"is per {found}, but prices are per {expected}")


def _parts(around: str) -> Iterable[str]:
    """Split the text around a price into words and signs; abbreviations keep their letters."""
    joined = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", around)  # p.m. is pm
    for part in re.split(r"[\s/.,:()\[\]-]+", joined):
        is_known = part in _CURRENCIES or part in _PERIODS
        yield from [part] if is_known else PART.findall(part)
