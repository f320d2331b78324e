"""Read the values of a room's columns as they are in files: text with units, or JSON values."""

import json
import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from rentomatic.domain.fields import (
    ADDRESS_PARTS,
    WORD,
    Degrees,
    Photos,
    PostalAddress,
    Whole,
    Word,
    Words,
)
from rentomatic.domain.room import FIELDS
from rentomatic.imports.numbers import (
    NoNumber,
    Notation,
    parse_area,
    parse_coordinate,
    parse_number,
)
from rentomatic.imports.prices import Money, parse_price

NUMERIC = tuple(name for name, field in FIELDS.items() if isinstance(field.type, Whole))

Reader = Callable[[Any], Any]  # raises ValueError; returns None for an empty value

_SEPARATORS = re.compile(r"[,;|\n]")
_NO_WORD = re.compile(r"(?:[^\w']|_)+")
_URL_LIST = re.compile(r"[\s,;|]+(?=https?://)")
_ROUNDED_ID = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
YES = {
    "1",
    "1.0",
    "true",
    "t",
    "yes",
    "y",
    "x",
    "✓",
    "ja",
    "oui",
    "sí",
    "si",
    "sì",
    "tak",
    "sim",
    "kyllä",
}
NO = {
    "",
    "0",
    "0.0",
    "false",
    "f",
    "no",
    "n",
    "-",
    "nein",
    "non",
    "nie",
    "não",
    "nao",
    "nee",
    "ei",
    "none",
}
MAX_EXACT_ID = 10**15  # a spreadsheet keeps 15 digits


class NumberOptions(NamedTuple):
    """How numbers in text are read."""

    notation: Notation | None
    money: Money
    rounding: bool


def reader_of(name: str, numbers: NumberOptions) -> Reader:
    """Return the function that converts a cell or a JSON value to the value of a column."""
    type_ = None if name in ADDRESS_PARTS else FIELDS[name].type
    if isinstance(type_, Whole):
        return lambda value: _whole(name, type_, value, numbers)
    return _READERS_BY_NAME.get(name) or _READERS.get(type(type_), text_of)


def check_of(name: str) -> Callable[[Any], Any]:
    """Return the function that checks the value of a column; it raises ValueError."""
    if name in ADDRESS_PARTS:
        return lambda value: PostalAddress().check_part(name, value)
    return FIELDS[name].check


def text_of(value: Any) -> Any:
    """Return text without blanks around it."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return f"{value:.15g}" if isinstance(value, float) else value


def reference_of(value: Any) -> Any:
    """Return an id as text; raise ValueError if a spreadsheet has rounded it."""
    text = text_of(value)
    is_large = isinstance(value, float) and abs(value) >= MAX_EXACT_ID
    if is_large or (isinstance(text, str) and _ROUNDED_ID.fullmatch(text)):
        advice = "export the column as text"
        raise ValueError(f"is an id that a spreadsheet has rounded: {text}; {advice}")
    return text


def words_of(value: Any) -> Any:
    """Split text at commas, semicolons, bars and lines, or a JSON array in text."""
    value = _from_json(value)
    if isinstance(value, str):
        value = _SEPARATORS.split(text_of(value) or "")
    if not isinstance(value, list):
        return value or None
    return [word for word in map(word_of, value) if word] or None


def word_of(value: Any) -> Any:
    """Return text as one word: `Entire home/apt` is `Entire-home-apt`."""
    text = text_of(value)
    if not isinstance(text, str) or re.fullmatch(WORD, text):
        return text
    return _NO_WORD.sub("-", text).strip("-") or None


def photos_of(value: Any) -> Any:
    """Read photos: a list, or text with one photo per line, or with URLs one after the other."""
    value = _from_json(value)
    if isinstance(value, str):
        lines = (text_of(line) for line in value.splitlines())
        value = [url for line in lines if line for url in _URL_LIST.split(line)]
    if not isinstance(value, list):
        return value or None
    return [_photo(each) for each in value] or None


def _photo(value: Any) -> Any:
    """Read a photo: an object, of which further members are ignored, or text."""
    if isinstance(value, dict):
        return {name: value[name] for name in ("url", "alt") if name in value}
    if not isinstance(value, str):
        return value
    url, _, alt = value.strip().partition(" ")
    return {"url": url, "alt": alt.strip()} if alt.strip() else {"url": url}


def _from_json(value: Any) -> Any:
    """Return the list that text in JSON has, or the value itself."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _degrees(value: Any) -> Any:
    text = text_of(value) if isinstance(value, str) else value
    return parse_coordinate(text) if isinstance(text, str) else text


def _whole(name: str, type_: Whole, value: Any, numbers: NumberOptions) -> int | None:
    expected = f"must be a whole number from {type_.minimum} to {type_.maximum}"
    try:
        number = _number(name, value, numbers)
    except NoNumber:
        raise ValueError(expected) from None
    if number is None:
        return None
    if numbers.rounding:
        number = number.to_integral_value(ROUND_HALF_UP)
    if not type_.minimum <= number <= type_.maximum:
        raise ValueError(expected)
    if number != number.to_integral_value():
        raise ValueError(f"{expected}; decimals need the option round")
    return int(number)


def _number(name: str, value: Any, numbers: NumberOptions) -> Decimal | None:
    if isinstance(value, float) and not math.isfinite(value):  # JSON's 1e999
        raise NoNumber
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    text = text_of(value)
    if text is None:
        return None
    if not isinstance(value, str):
        raise ValueError("must be a number")
    if name == "price":
        return parse_price(text, numbers.notation, numbers.money)
    return (parse_area if name == "size" else parse_number)(text, numbers.notation)


def says_yes(value: Any) -> bool:
    """Tell whether a cell says yes, in ten languages; raise ValueError if it says neither."""
    text = str(value).strip().casefold() if value is not None else ""
    if text in YES:
        return True
    if text in NO:
        return False
    raise ValueError(f"must be yes or no, not {text[:40]!r}")


def country_of(value: Any) -> Any:
    text = text_of(value)
    return text.upper() if isinstance(text, str) else text


_READERS_BY_NAME: dict[str, Reader] = {"country": country_of, "reference": reference_of}
_READERS: dict[type, Reader] = {
    Degrees: _degrees,
    Word: word_of,
    Words: words_of,
    Photos: photos_of,
}
