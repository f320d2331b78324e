"""Parse the query parameters of an import."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from rentomatic.domain.room import REQUIRED
from rentomatic.requests.parameters import Parameters

COLUMN = "column_"
IMPORT_PARAMETERS = ("on_error", "dry_run")
CSV_PARAMETERS = ("round", *(COLUMN + name for name in REQUIRED))

YES_OR_NO = {"true": True, "false": False}
ON_ERROR = {"abort": True, "skip": False}


class ImportOptions(NamedTuple):
    """Options of an import.

    `columns` maps fields to the names of their columns in a CSV file, where these differ.
    `rounding` rounds decimals in whole-number columns of a CSV file.
    """

    all_or_none: bool
    dry_run: bool
    columns: Mapping[str, str]
    rounding: bool


def parse_import(parameters: Iterable[tuple[str, str]], format_: str) -> ImportOptions:
    """Parse the query parameters of an import; `format_` is a key of ROW_FORMATS.

    Raises InvalidRequest like parse_search.
    """
    known = IMPORT_PARAMETERS + (CSV_PARAMETERS if format_ == "csv" else ())
    reader = Parameters(parameters, known)
    options = ImportOptions(
        reader.read("on_error", partial(_one_of, ON_ERROR), True),
        reader.read("dry_run", partial(_one_of, YES_OR_NO), False),
        {name: reader.texts[COLUMN + name] for name in REQUIRED if COLUMN + name in reader.texts},
        reader.read("round", partial(_one_of, YES_OR_NO), False),
    )
    reader.raise_problems()
    return options


def _one_of(values: Mapping[str, bool], text: str) -> bool:
    if text not in values:
        raise ValueError(f"must be {' or '.join(values)}")
    return values[text]
