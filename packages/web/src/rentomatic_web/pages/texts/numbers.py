"""Numbers, prices, areas and distances in the language of the page.

Babel takes about 10 µs for a number, and a page has a hundred, so formatted numbers are kept.
"""

import re
from functools import lru_cache

from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    get_currency_symbol,
)
from babel.units import format_unit

from rentomatic.domain.globe import HALF_CIRCUMFERENCE
from rentomatic_web.context import current
from rentomatic_web.pages.texts.languages import LOCALES, language

# Units of the fields of a room, by their symbol, as the CLDR names them.
UNITS = {"m²": "area-square-meter"}

keep = lru_cache(maxsize=4096)


def grouped(number: float, digits: int = 0) -> str:
    """Format a number with separators of thousands."""
    return _decimal(number, digits, language())


def money(amount: int) -> str:
    """Format an amount of whole units in the currency of the settings."""
    return _money(amount, current().settings.currency, language())


def rate(amount: float) -> str:
    """Format an amount with the decimals that the currency of the settings has."""
    return _rate(amount, current().settings.currency, language())


def currency_symbol(currency: str) -> str:
    return get_currency_symbol(currency, language())


def measure(number: float, unit: str) -> str:
    """Format a number with its unit, such as `m²`; units that are not in UNITS follow it."""
    if unit not in UNITS:
        return f"{grouped(number)}\N{NO-BREAK SPACE}{unit}"
    return _measure(number, UNITS[unit], 0, language())


def distance(metres: float) -> str:
    """Format a distance in m, or km with a decimal up to 100 km."""
    if metres < 1000:
        return _measure(round(metres), "length-meter", 0, language())
    digits = 1 if metres < 100_000 else 0
    return _measure(round(metres / 1000, digits), "length-kilometer", digits, language())


def radius(metres: float) -> str:
    """Format a radius in m, or km with a decimal unless it is a whole number.

    A larger one than half the circumference of the earth is that half.
    """
    if metres < 1000:
        return distance(metres)
    metres = min(metres, HALF_CIRCUMFERENCE)
    digits = 1 if metres % 1000 else 0
    return _measure(round(metres / 1000, digits), "length-kilometer", digits, language())


def short_count(count: int) -> str:
    """Format a count in a few characters, such as 12.3K."""
    return _short(count, language())


@keep
def _decimal(number: float, digits: int, tag: str) -> str:
    return format_decimal(number, _pattern(tag, digits), LOCALES[tag])


@keep
def _money(amount: int, currency: str, tag: str) -> str:
    pattern = LOCALES[tag].currency_formats["standard"].pattern.replace(".00", "")
    text = format_currency(amount, currency, pattern, LOCALES[tag], currency_digits=False)
    return _with_gap(text)


@keep
def _rate(amount: float, currency: str, tag: str) -> str:
    return _with_gap(format_currency(amount, currency, locale=LOCALES[tag]))


@keep
def _measure(number: float, unit: str, digits: int, tag: str) -> str:
    return format_unit(number, unit, "short", _pattern(tag, digits), LOCALES[tag])


@keep
def _short(count: int, tag: str) -> str:
    whole = format_compact_decimal(count, locale=LOCALES[tag])
    if count < 1000 or sum(map(str.isdigit, whole)) > 2:
        return whole
    return format_compact_decimal(count, locale=LOCALES[tag], fraction_digits=1)


def _pattern(tag: str, digits: int) -> str:
    whole = LOCALES[tag].decimal_formats[None].pattern.partition(".")[0]
    return f"{whole}.{'0' * digits}" if digits else whole


def _with_gap(price: str) -> str:
    """Separate a code before the number, as the CLDR says and Babel ignores: `CHF 60`."""
    return re.sub(r"([A-Z])(?=\d)", "\\1\N{NO-BREAK SPACE}", price)
