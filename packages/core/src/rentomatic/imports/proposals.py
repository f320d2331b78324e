"""Propose the options of an import for a file."""

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from rentomatic.imports.files.encodings import UTF_8
from rentomatic.imports.files.tables import Table
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.guessing import guess_columns, is_readable
from rentomatic.imports.options import COLUMN, VALUE, ImportOptions
from rentomatic.imports.plan import unknown_columns
from rentomatic.imports.values import NUMERIC
from rentomatic.requests.field_values import COLUMNS

Parameters = list[tuple[str, str]]


def propose(file: BinaryIO, format_: str, options: ImportOptions) -> tuple[Table, Parameters]:
    """Return the sampled table, and the parameters that an import needs besides `options`.

    `options` must allow guesses. Raises InvalidRequest if the file cannot be read.
    """
    table = ROW_FORMATS[format_].read(file, options)
    guessed = guess_columns(table, options)
    own = {name: (name,) for name in COLUMNS if name in table.names and name not in guessed}
    columns = own | guessed | dict(options.columns)
    unknown = unknown_columns(table, columns, options.constants)
    return table, [
        *_encoding(table, options),
        *(
            _parameter(name, column)
            for name, found in guessed.items()
            for column in found
            if found != (name,)
        ),
        *((VALUE + name, "") for name in unknown),
        *([("round", "true")] if _has_decimals(table, columns, options) else []),
    ]


def without_guess(parameters: Iterable[tuple[str, str]]) -> Parameters:
    return [pair for pair in parameters if pair[0] != "guess"]


def _has_decimals(
    table: Table, columns: Mapping[str, tuple[str, ...]], options: ImportOptions
) -> bool:
    """Tell whether a value of a whole-number column can only be read if it is rounded."""
    found = (name for name in NUMERIC if columns.get(name))
    return not options.rounding and any(
        is_readable(name, value, options, rounding=True)
        and not is_readable(name, value, options, rounding=False)
        for name in found
        for column in columns[name]
        if table.has(column)
        for value in table.values(column)
    )


def _encoding(table: Table, options: ImportOptions) -> Parameters:
    found = str(table.facts.get("encoding", UTF_8))
    is_named = bool(options.encoding) or found.startswith("utf")
    return [] if is_named else [("encoding", found)]


def _parameter(name: str, column: str) -> tuple[str, str]:
    return ("reference" if name == "reference" else COLUMN + name, column)
