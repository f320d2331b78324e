"""Propose the columns of a file for the columns of rooms, by their names and first values."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rentomatic.domain.fields import canonical_code
from rentomatic.domain.room import REQUIRED
from rentomatic.imports.files.tables import Table
from rentomatic.imports.numbers import NOTATIONS, RejectedNumber
from rentomatic.imports.options import ImportOptions
from rentomatic.imports.values import NumberOptions, check_of, reader_of, says_yes
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


def guess_columns(table: Table, options: ImportOptions) -> dict[str, tuple[str, ...]]:
    """Return the columns of the file for each column of a room that no option names.

    A column is proposed only if most of its first values are valid, and only once. Photos may have
    several columns: `Photo 1`, `Photo 2`.
    """
    taken = {column for columns in options.columns.values() for column in columns}
    known = {*options.columns, *options.constants}
    guessed: dict[str, tuple[str, ...]] = {}
    for name in (*REQUIRED, *(each for each in COLUMNS if each not in REQUIRED)):
        if name in known or (name == "code" and options.makes_codes):
            continue
        if columns := _found(name, table, options, taken):
            guessed[name] = columns
            taken |= {*columns}
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


def _found(name: str, table: Table, options: ImportOptions, taken: set[str]) -> tuple[str, ...]:
    """Return the column with the best name whose values fit, or columns with numbered names."""
    columns = [column for column in table.columns() if column not in taken]
    ranks = {column: rank for column in columns if (rank := _rank(name, column)) is not None}
    fitting = [
        column
        for column in sorted(ranks, key=ranks.__getitem__)
        if _fits(name, table.values(column), options)
    ]
    if name == "photos":
        return tuple(column for column in fitting if ranks[column] == ranks[fitting[0]])
    if name == "code":
        references = (each for each in columns if _rank("reference", each) is not None)
        fitting += [each for each in references if _are_codes(table.values(each))]
    if name == "reference" and UNNAMED in columns:
        fitting.append(UNNAMED)
    return tuple(fitting[:1])


def _rank(name: str, column: str) -> int | None:
    """Return the position of the column's name in the list of names; None if it is not there.

    Members of members come last: `address.city`. Those of people are not the room's.
    """
    outer, dot, inner = column.rpartition(".")
    is_inner = bool(dot and outer.isidentifier() and inner.isidentifier())
    if is_inner and _rank("people", outer) is None and (rank := _rank(name, inner)) is not None:
        return len(_NORMALIZED[name]) + rank
    words = _words(column)
    for variant in (words, [word for word in words if word not in _UNIT_WORDS]):
        joined = "".join(variant)
        if name == "photos":
            joined = joined.rstrip("0123456789")
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
    if not values:
        return True
    if name == "code":
        return _are_codes(values)
    valid = sum(1 for value in values if is_readable(name, value, options))
    return valid >= MIN_VALID_SHARE * len(values)


def is_readable(name: str, value: Any, options: ImportOptions, rounding: bool = True) -> bool:
    """Tell whether a field can have the value, or a number that is rejected for another reason."""
    numbers = NumberOptions(NOTATIONS.get(options.notation), options.money, rounding)
    read, check = reader_of(name, numbers), check_of(name)
    return _is_valid(lambda each: check(read(each)), value)


def _are_codes(values: list[Any]) -> bool:
    return bool(values) and all(_is_valid(canonical_code, str(value).strip()) for value in values)


def _is_valid(check: Any, value: Any) -> bool:
    try:
        check(value)
    except RejectedNumber:
        # The column is the right one, and its rows are rejected by this reason.
        return True
    except ValueError:
        return False
    return True


_NORMALIZED: Mapping[str, dict[str, int]] = {
    name: {"".join(_words(each)): rank for rank, each in reversed(list(enumerate(names)))}
    for name, names in NAMES.items()
}
