"""The options of an import: one declaration for the command line, HTTP and the pages."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.numbers import whole_number
from rentomatic.errors import Problem
from rentomatic.imports.files.delimited import DELIMITERS
from rentomatic.imports.files.encodings import encoding_name
from rentomatic.imports.files.headers import AUTO, NONE
from rentomatic.imports.numbers import NOTATIONS
from rentomatic.imports.prices import Money
from rentomatic.requests.field_values import COLUMNS
from rentomatic.requests.parameters import Parameters

YES_OR_NO = {"true": True, "false": False}
ON_ERROR = {"abort": True, "skip": False}
PERIODS = ("day", "week", "month")
COLUMN, VALUE, FEATURE = "column_", "set_", "feature_"
TABLES = ("csv", "xlsx")
MAX_HEADER_ROW = 1_000_000
PHOTO_COLUMNS = f"{COLUMN}photos"
DEFAULT_MONEY = Money()


class Option(NamedTuple):
    """An option. With `prefix` there is one parameter for each key: `column_size=surface`.

    `formats` lists the formats that have the option, where these are not all.
    """

    name: str
    help: str
    values: tuple[str, ...] = ()
    default: str = ""
    metavar: str = "TEXT"
    prefix: str = ""
    formats: tuple[str, ...] = ()

    @property
    def is_switch(self) -> bool:
        return self.values == tuple(YES_OR_NO)


def _switch(name: str, help_: str) -> Option:
    return Option(name, help_, tuple(YES_OR_NO), "false")


_DECLARED = (
    Option(
        "on_error",
        "If rows are invalid, import nothing (abort) or the valid rows (skip).",
        tuple(ON_ERROR),
        "abort",
    ),
    _switch("dry_run", "Validate and count the rows without importing."),
    Option(
        "profile",
        "Saved options of imports from one source; options that are given take precedence.",
        metavar="NAME",
    ),
    Option(
        "source",
        "Name of the company or site that the rooms are from. With --reference, each room gets a "
        "code that is always the same for the same source and reference.",
        metavar="NAME",
    ),
    Option(
        "reference",
        "Column with the id of each room at its source; replaces the column of codes.",
        metavar="COLUMN",
    ),
    _switch(
        "prune",
        "Withdraw the rooms of --source that the file no longer has, if it is complete: every row "
        "must show its room. Nothing is imported if more than a fifth of them would go.",
    ),
    _switch("prune_any", "With --prune, withdraw any number of rooms."),
    Option(
        "map",
        "Column for FIELD, by its name, or by its number as #1. In JSON, the name of a member, or "
        "address.city for a member of a member. FIELD= leaves the field out. Repeatable; photos "
        "can have several columns.",
        metavar="FIELD=COLUMN",
        prefix=COLUMN,
    ),
    Option(
        "set",
        "Value of FIELD for every room, such as country=FR; size= if the file has no sizes. "
        "Repeatable.",
        metavar="FIELD=VALUE",
        prefix=VALUE,
    ),
    Option(
        "feature",
        "Feature of the rooms whose cell in COLUMN says yes, such as wifi=has_wifi. Repeatable.",
        metavar="WORD=COLUMN",
        prefix=FEATURE,
    ),
    _switch(
        "guess",
        "Find the columns of fields by names in ten languages, and an encoding other than UTF-8. "
        "Look at --preview first.",
    ),
    Option(
        "numbers",
        "Notation of prices and sizes. auto reads numbers with one meaning, and 1.000 only if "
        "other numbers of its column tell whether the point is decimal.",
        (AUTO, *NOTATIONS),
        AUTO,
    ),
    _switch("round", "Round decimals in whole-number fields, halves up."),
    Option(
        "period",
        "Period of the prices; rows with prices for another one are rejected. Default: "
        "RENTOMATIC_RENTAL_PERIOD.",
        PERIODS,
    ),
    Option(
        "currency",
        "Currency of the prices (ISO 4217); rows with prices in another one are rejected. "
        "Default: RENTOMATIC_CURRENCY.",
        metavar="CODE",
    ),
    Option(
        "encoding",
        "Encoding of the file, such as windows-1252. Default: by its byte order mark, or UTF-8.",
        metavar="NAME",
        formats=("csv", "json", "ndjson", "geojson"),
    ),
    Option(
        "delimiter",
        "Character between the cells of a CSV file.",
        (AUTO, *DELIMITERS),
        AUTO,
        formats=("csv",),
    ),
    Option(
        "header",
        "Number of the line with the names of the columns, or none if there is no such line. "
        "Default: auto, the first line that is not blank or a title.",
        default=AUTO,
        metavar="LINE",
        formats=TABLES,
    ),
    Option(
        "sheet", "Sheet of an Excel file. Default: the first.", metavar="NAME", formats=("xlsx",)
    ),
)
OPTIONS: dict[str, Option] = {option.name: option for option in _DECLARED}


class ImportOptions(NamedTuple):
    """Options of an import.

    `columns` and `constants` are by column of a room, `features` are columns by feature; an empty
    tuple of columns leaves a column of rooms out. `notation` is a key of NOTATIONS or `auto`.
    Empty texts are unset.
    """

    all_or_none: bool
    dry_run: bool
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    features: Mapping[str, str]
    makes_codes: bool
    is_guessing: bool
    notation: str
    rounding: bool
    money: Money
    encoding: str
    delimiter: str
    header: str
    sheet: str
    prunes: bool
    prunes_any: bool

    @property
    def mirror(self) -> Mirror | None:
        """A new Mirror of the source, if its other rooms are to be withdrawn."""
        if not self.prunes:
            return None
        return Mirror(self.constants["source"], set(), not self.prunes_any)


def parse_import(
    parameters: Iterable[tuple[str, str]], format_: str, money: Money = DEFAULT_MONEY
) -> ImportOptions:
    """Parse the query parameters of an import; `format_` is a key of ROW_FORMATS.

    `money` has the defaults of currency and period. Raises InvalidRequest like parse_search.
    """
    pairs = list(parameters)
    photos = [pair for pair in pairs if pair[0] == PHOTO_COLUMNS]
    known = parameter_names(format_)
    reader = Parameters((pair for pair in pairs if pair not in photos[1:]), known, FEATURE)
    texts = reader.texts
    columns: dict[str, tuple[str, ...]] = {
        name: (text,) if text else () for name, text in _keyed(texts, COLUMN).items()
    }
    columns |= {"photos": tuple(text for _, text in photos if text)} if photos else {}
    columns |= {"reference": (texts["reference"],)} if "reference" in texts else {}
    constants = _keyed(texts, VALUE) | ({"source": texts["source"]} if "source" in texts else {})
    twice = (name for name in columns if columns[name] and name in constants)
    reader.problems += [Problem(f"{VALUE}{name}", f"excludes {COLUMN}{name}") for name in twice]
    options = ImportOptions(
        reader.read("on_error", partial(_value_of, ON_ERROR), True),
        reader.read("dry_run", _switched, False),
        columns,
        constants,
        _keyed(texts, FEATURE),
        "reference" in texts,
        reader.read("guess", _switched, False),
        reader.read("numbers", partial(_one_of, OPTIONS["numbers"]), AUTO),
        reader.read("round", _switched, False),
        Money(
            reader.read("currency", _currency, money.currency),
            reader.read("period", partial(_one_of, OPTIONS["period"]), money.period),
        ),
        reader.read("encoding", encoding_name, ""),
        reader.read("delimiter", partial(_one_of, OPTIONS["delimiter"]), AUTO),
        reader.read("header", _header, AUTO),
        texts.get("sheet", ""),
        reader.read("prune", _switched, False),
        reader.read("prune_any", _switched, False),
    )
    if options.prunes and not constants.get("source"):
        reader.problems.append(Problem("prune", "needs source"))
    reader.raise_problems()
    return options


def parameters_of(option: Option) -> list[str]:
    """Return the parameters of an option, except those of features, which are any words."""
    if not option.prefix:
        return [option.name]
    return [] if option.prefix == FEATURE else [option.prefix + name for name in COLUMNS]


def parameter_names(format_: str) -> tuple[str, ...]:
    """Return the parameters of imports of a format."""
    options = (each for each in OPTIONS.values() if not each.formats or format_ in each.formats)
    return tuple(name for option in options for name in parameters_of(option))


def _keyed(texts: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {n.removeprefix(prefix): text for n, text in texts.items() if n.startswith(prefix)}


def _value_of(values: Mapping[str, bool], text: str) -> bool:
    if text not in values:
        raise ValueError(f"must be {' or '.join(values)}")
    return values[text]


def _switched(text: str) -> bool:
    return _value_of(YES_OR_NO, text)


def _one_of(option: Option, text: str) -> str:
    if text not in option.values:
        raise ValueError(f"must be one of {', '.join(map(repr, option.values))}")
    return text


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text):
        raise ValueError("must be a currency code of ISO 4217 like EUR")
    return text


def _header(text: str) -> str:
    return text if text in (AUTO, NONE) else str(whole_number(text, 1, MAX_HEADER_ROW))
