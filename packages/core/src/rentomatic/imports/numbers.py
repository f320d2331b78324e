"""Parse the numbers of files, with separators and units. Nothing is guessed.

A number that could be read in two ways raises RejectedNumber.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

AUTO = "auto"
MAX_EXPONENT_DIGITS = 3  # Decimal needs as much memory as the number has digits
MAX_LENGTH = 200  # characters of a cell with a number


class Notation(NamedTuple):
    """The separator of thousands, and the decimal mark."""

    group: str
    decimal: str


NOTATIONS = {
    "1,234.56": Notation(",", "."),
    "1.234,56": Notation(".", ","),
    "1 234,56": Notation(" ", ","),
    "1'234.56": Notation("'", "."),
}

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("numbers.toml").read_text("utf-8"))
_AREAS = {unit: Decimal(factor) for unit, factor in DATA["areas"].items()}
WORDS: dict[str, frozenset[str]] = {n: frozenset(each) for n, each in DATA["words"].items()}

# Apostrophes and minus signs that typography replaces.
_TYPOGRAPHY = str.maketrans({"’": "'", "‘": "'", "´": "'", "−": "-", "–": "-", "—": "-"})
_DIGITS = r"[0-9]+(?:\.[0-9]+)?e[+-]?[0-9]+|[0-9](?:[0-9.,' ]*[0-9])?"
_NUMBER = re.compile(rf"(?P<sign>-?)(?P<digits>{_DIGITS})")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_AREA = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(sorted(map(re.escape, _AREAS), key=len, reverse=True))})(?!\w)"
)
PART = re.compile(r"[^\W\d_]+|[^\w\s]|\S")


class NoNumber(ValueError):
    """The text has no number, or a number and words that have no known meaning."""


class RejectedNumber(ValueError):
    """The text stands for a number that cannot be used, such as a range."""


def parse_area(text: str, notation: Notation | None) -> Decimal:
    """Parse an area, and convert it to square metres; square feet are rounded."""
    text = normalized(text).replace("sq.", "sq").replace("ft.", "ft")
    units = {_AREAS[match[0]] for match in _AREA.finditer(text)}
    found = find_number(_AREA.sub(" ", text))
    if found.around or len(units) > 1:
        raise ValueError(f"must be an area in square metres or feet: {quoted(text)}")
    number = found.number(notation)
    factor = units.pop() if units else Decimal(1)
    return number if factor == 1 else (number * factor).to_integral_value(ROUND_HALF_UP)


def parse_number(text: str, notation: Notation | None) -> Decimal:
    """Parse a number without a unit."""
    found = find_number(normalized(text))
    if found.around:
        raise ValueError(f"must be a number without words: {quoted(text)}")
    return found.number(notation)


def parse_coordinate(text: str) -> float:
    """Parse degrees, with a decimal point or comma; they have no thousands."""
    text = normalized(text).replace(",", ".").removesuffix("°")
    if not re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]{1,3})?", text):
        raise ValueError("must be a finite number")
    return float(text)


def notation_of(texts: Iterable[str]) -> str:
    """Return the key of NOTATIONS in which all of the texts are; empty if there is a doubt.

    Numbers such as 1.000 fit several notations; one like 1.234,5 fits one.
    """
    short = (text for text in texts if len(text) <= MAX_LENGTH)
    signs = [signs for text in short for signs in _signs(normalized(text))]
    decimals = {decimal for _, decimal in signs if decimal}
    groups = {group for group, _ in signs if group}
    fitting = [
        name
        for name, notation in NOTATIONS.items()
        if decimals <= {notation.decimal} and groups <= {notation.group}
    ]
    # The group alone tells the decimal mark, except for blanks, and the mark tells the group.
    return fitting[0] if (decimals or groups) and fitting else ""


def normalized(text: str) -> str:
    """Return the text in lower case, with plain blanks, apostrophes, digits and hyphens."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"must not have more than {MAX_LENGTH} characters")
    plain = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    return " ".join(plain.lower().split())


@dataclass(frozen=True)
class Found:
    """A number in a text: its digits and separators, and the text around it."""

    digits: str
    is_negative: bool
    around: str

    def number(self, notation: Notation | None) -> Decimal:
        number = _decimal(self.digits, notation)
        return -number if self.is_negative else number


def find_number(text: str) -> Found:
    """Find the only number of the text; more numbers raise ValueError, none raises NoNumber."""
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        if not WORDS["on_request"].isdisjoint(PART.findall(text)):
            raise RejectedNumber(f"is on request: {quoted(text)}")
        raise NoNumber
    if len(numbers) > 1:
        between = text[numbers[0].end() : numbers[1].start()].split()
        is_range = bool(numbers[1]["sign"]) or not WORDS["range"].isdisjoint(between)
        raise RejectedNumber(
            f"is {'a range' if is_range else 'more than one number'}: {quoted(text)}"
        )
    (match,) = numbers
    around = f"{text[: match.start()]} {text[match.end() :]}".strip()
    return Found(match["digits"], bool(match["sign"]), around)


def _decimal(digits: str, notation: Notation | None) -> Decimal:
    """Convert digits with separators, in any unambiguous notation if none is given."""
    if "e" in digits:
        if len(digits.partition("e")[2].lstrip("+-0")) > MAX_EXPONENT_DIGITS:
            raise NoNumber
        return Decimal(digits)
    for group, decimal in [notation] if notation else NOTATIONS.values():
        if re.fullmatch(_pattern(group, decimal), digits):
            if not notation and _AMBIGUOUS.fullmatch(digits):
                meanings = f"{digits} may be a decimal, or a number with thousands"
                raise RejectedNumber(f"is ambiguous: {meanings}; set the notation of numbers")
            return Decimal(digits.replace(group, "").replace(decimal, "."))
    name = next((name for name, each in NOTATIONS.items() if each == notation), "")
    raise ValueError(f"must be a number like {name or ' or '.join(NOTATIONS)}: {quoted(digits)}")


def _pattern(group: str, decimal: str) -> str:
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+"
    return rf"(?:[0-9]+|{grouped})(?:{re.escape(decimal)}[0-9]+)?"


def _signs(text: str) -> Iterable[tuple[str, str]]:
    """Yield the thousands separator and the decimal mark of a number, where they are certain."""
    for match in _NUMBER.finditer(_AREA.sub(" ", text)):
        digits = match["digits"]
        signs = re.sub("[0-9]", "", digits)
        if _AMBIGUOUS.fullmatch(digits) or not signs or "e" in digits:
            continue
        if re.fullmatch(r"[0-9]+[.,][0-9]+", digits):
            yield "", signs
        else:
            last = signs[-1] if signs[-1] != signs[0] else ""
            yield signs[0], last


def quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
