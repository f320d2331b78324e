"""How rows are to be imported, by the query parameters of a URL."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from rentomatic.domain.room import FIELDS
from rentomatic.requests.parameters import Parameters

COLUMN = "column_"
IMPORTING = ("on_error", "dry_run")
IMPORTING_CSV = ("round", *(COLUMN + name for name in FIELDS))

YES_OR_NO = {"true": True, "false": False}
ON_ERROR = {"abort": True, "skip": False}


class Import(NamedTuple):
    """How rows are imported: all of them or none, or only to see what would happen.

    `columns` says which column of a CSV file holds a field that has another name there.
    """

    all_or_none: bool
    dry_run: bool
    columns: Mapping[str, str]
    rounding: bool


def parse_import(parameters: Iterable[tuple[str, str]], format_: str) -> Import:
    """Return how the query parameters of a URL want the rows of that format imported.

    Raises InvalidRequest like parse_search.
    """
    known = IMPORTING + (IMPORTING_CSV if format_ == "csv" else ())
    reader = Parameters(parameters, known)
    wanted = Import(
        reader.read("on_error", partial(_one_of, ON_ERROR), True),
        reader.read("dry_run", partial(_one_of, YES_OR_NO), False),
        {name: reader.given[COLUMN + name] for name in FIELDS if COLUMN + name in reader.given},
        reader.read("round", partial(_one_of, YES_OR_NO), False),
    )
    reader.refuse()
    return wanted


def _one_of(values: Mapping[str, bool], text: str) -> bool:
    if text not in values:
        raise ValueError(f"must be {' or '.join(values)}")
    return values[text]
