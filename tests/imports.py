"""Imports of texts and bytes, for tests."""

import io

from rentomatic.errors import Problem, RejectedRow
from rentomatic.imports.options import parse_import
from rentomatic.imports.reading import Reading, open_rows
from rentomatic.imports.rows import Row

Parameters = dict[str, str] | list[tuple[str, str]]


def reading_of(name: str, text: str | bytes, parameters: Parameters | None = None) -> Reading:
    """Open a file in the format of that name; the parameters are those of an import over HTTP."""
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    pairs = parameters.items() if isinstance(parameters, dict) else parameters or ()
    return open_rows(file, name, parse_import(pairs, name))


def rows_of(name: str, text: str | bytes, parameters: Parameters | None = None) -> list[Row]:
    """Return the rooms and the rejected rows of such a file."""
    return list(reading_of(name, text, parameters))


def rejected(number: int, column: str, message: str) -> RejectedRow:
    return RejectedRow(number, (Problem(column, message),))
