"""Propose the options of an import for a file."""

from collections.abc import Iterable
from typing import BinaryIO

from rentomatic.imports.files.encodings import UTF_8
from rentomatic.imports.files.tables import Table
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.guessing import guess_columns
from rentomatic.imports.options import COLUMN, VALUE, ImportOptions
from rentomatic.imports.plan import unknown_columns
from rentomatic.requests.field_values import COLUMNS

Parameters = list[tuple[str, str]]


def propose(file: BinaryIO, format_: str, options: ImportOptions) -> tuple[Table, Parameters]:
    """Return the sampled table, and the parameters that an import needs besides `options`.

    `options` must allow guesses. Raises InvalidRequest if the file cannot be read.
    """
    table = ROW_FORMATS[format_].read(file, options)
    guessed = guess_columns(table, options)
    own = {name: (name,) for name in COLUMNS if name in table.names and name not in guessed}
    columns = own | {name: (column,) for name, column in guessed.items()} | dict(options.columns)
    unknown = unknown_columns(table, columns, options.constants)
    return table, [
        *_encoding(table, options),
        *(_parameter(name, column) for name, column in guessed.items() if name != column),
        *((VALUE + name, "") for name in unknown),
    ]


def without_guess(parameters: Iterable[tuple[str, str]]) -> Parameters:
    return [pair for pair in parameters if pair[0] != "guess"]


def _encoding(table: Table, options: ImportOptions) -> Parameters:
    found = str(table.facts.get("encoding", UTF_8))
    is_named = bool(options.encoding) or found.startswith("utf")
    return [] if is_named else [("encoding", found)]


def _parameter(name: str, column: str) -> tuple[str, str]:
    return ("reference" if name == "reference" else COLUMN + name, column)
