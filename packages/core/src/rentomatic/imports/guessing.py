"""Propose the columns of a file for the columns of rooms, by their names and first values."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rentomatic.domain.fields import canonical_code
from rentomatic.domain.room import FIELDS, REQUIRED
from rentomatic.imports.files.tables import Table
from rentomatic.imports.numbers import NOTATIONS
from rentomatic.imports.options import ImportOptions
from rentomatic.imports.values import NumberOptions, reader_of, says_yes
from rentomatic.requests.field_values import COLUMNS

NAMES: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("names.toml").read_text("utf-8")
)
MIN_VALID_SHARE = 0.5  # of the values in the sample
UNNAMED = "#1"  # the id, where the first column has no name

# In parentheses or at the end of a name: units, currencies and periods.
_UNITS = re.compile(r"\(.*?\)|\[.*?\]|（.*?）")
_UNIT_WORDS = {
    *("eur", "euro", "euros", "usd", "gbp", "pln", "brl"),
    *("m2", "sqm", "in", "per", "kk", "pcm"),
}


def guess_columns(table: Table, options: ImportOptions) -> dict[str, str]:
    """Return a column of the file for each column of a room that no option names.

    A column is proposed only if most of its first values are valid, and only once.
    """
    taken = {column for columns in options.columns.values() for column in columns}
    known = {*options.columns, *options.constants}
    guessed: dict[str, str] = {}
    for name in (*REQUIRED, *(each for each in COLUMNS if each not in REQUIRED)):
        if name in known or (name == "code" and options.makes_codes):
            continue
        column = next(_candidates(name, table, options, taken), None)
        if column:
            guessed[name] = column
            taken.add(column)
    if "code" in guessed:
        guessed.pop("reference", None)
    return guessed


def feature_columns(table: Table) -> dict[str, str]:
    """Return the columns that say yes or no, by a feature that their names suggest."""
    found = {}
    for column in table.columns():
        values = table.values(column)
        words = [word for word in _words(column) if word not in ("has", "is", "with")]
        if words and values and all(_is_valid(says_yes, value) for value in values):
            found["-".join(words)] = column
    return found


def _candidates(name: str, table: Table, options: ImportOptions, taken: set[str]) -> Iterator[str]:
    columns = [column for column in table.columns() if column not in taken]
    ranked = sorted(
        (rank, column) for column in columns if (rank := _rank(name, column)) is not None
    )
    for _, column in ranked:
        if _fits(name, table.values(column), options):
            yield column
    if name == "code":
        yield from (
            each
            for each in columns
            if _rank("reference", each) is not None and _are_codes(table.values(each))
        )
    if name == "reference" and UNNAMED in columns:
        yield UNNAMED


def _rank(name: str, column: str) -> int | None:
    """Return the position of the column's name in the list of names; None if it is not there."""
    words = _words(column)
    for variant in (words, [word for word in words if word not in _UNIT_WORDS]):
        joined = "".join(variant)
        if joined in _NORMALIZED[name]:
            return _NORMALIZED[name][joined]
    return None


def _words(text: str) -> list[str]:
    """Split a name into words in lower case without accents; `squareMeters` has two."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _UNITS.sub(" ", text))
    plain = unicodedata.normalize("NFKD", spaced.replace("ł", "l").replace("ß", "ss"))
    letters = "".join(each for each in plain.lower() if not unicodedata.combining(each))
    return re.findall(r"\w+", letters.replace("_", " "))


def _fits(name: str, values: list[Any], options: ImportOptions) -> bool:
    if name not in FIELDS or not values:
        return True
    if name == "code":
        return _are_codes(values)
    numbers = NumberOptions(NOTATIONS.get(options.notation), options.money, rounding=True)
    read, check = reader_of(name, numbers), FIELDS[name].check
    valid = sum(1 for value in values if _is_valid(lambda v: check(read(v)), value))
    return valid >= MIN_VALID_SHARE * len(values)


def _are_codes(values: list[Any]) -> bool:
    return bool(values) and all(_is_valid(canonical_code, str(value).strip()) for value in values)


def _is_valid(check: Any, value: Any) -> bool:
    try:
        check(value)
    except ValueError as error:
        # A number of unknown notation is a number.
        return "ambiguous" in str(error)
    return True


_NORMALIZED: Mapping[str, dict[str, int]] = {
    name: {"".join(_words(each)): rank for rank, each in reversed(list(enumerate(names)))}
    for name, names in NAMES.items()
}
