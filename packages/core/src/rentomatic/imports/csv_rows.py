"""Read rooms from a CSV file (RFC 4180)."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import itemgetter

from rentomatic.domain.room import REQUIRED, Room
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.rows import Row, parse_rows
from rentomatic.requests.field_values import OPTIONAL_COLUMNS, parse_room
from rentomatic.requests.formulas import unguarded

# These errors of csv.reader occur inside a quoted cell. The rest of the file is not read, because
# the text of the cell would be parsed as rows.
FATAL_ERRORS = ("field larger", "unexpected end")

MAX_COLUMNS = 1000
MAX_NAME_LENGTH = 200  # characters


def read_csv(
    lines: Iterable[str], columns: Mapping[str, str], rounding: bool = False
) -> Iterator[Row]:
    """Yield a room or a rejected row for each row, numbered by its first line.

    `columns` maps fields to the names of their columns, where these differ; other columns are
    ignored. Raises InvalidRequest if a column is missing from the header or repeated.
    """
    names = {field: columns.get(field, field) for field in REQUIRED}
    rows = _number_rows(lines)
    _, header = next(rows, (1, []))
    if isinstance(header, Problem):
        raise InvalidRequest([header])
    _check_size(header)
    _check_header(header, names)
    width, texts = len(header), itemgetter(*map(header.index, names.values()))
    optional = {name: header.index(name) for name in OPTIONAL_COLUMNS if name in header}

    def parse(cells: list[str]) -> Room:
        if len(cells) != width:
            message = f"has {len(cells)} cells, but the header has {width}"
            raise InvalidRequest([Problem("row", message)])
        details = {name: unguarded(cells[index]) for name, index in optional.items()}
        return parse_room(texts(cells), rounding, details)

    yield from parse_rows(rows, parse, names)


def peek(lines: Iterable[str], count: int) -> tuple[list[str], list[list[str]]]:
    """Return the header and the cells of up to `count` rows.

    Skips rows that are invalid CSV. Raises InvalidRequest if the header is invalid or too large.
    """
    rows = _number_rows(lines)
    _, header = next(rows, (1, []))
    if isinstance(header, Problem):
        raise InvalidRequest([header])
    _check_size(header)
    valid = (cells for _, cells in rows if not isinstance(cells, Problem))
    return header, list(islice(valid, count))


def _number_rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str] | Problem]]:
    """Yield the first line of each row, and its cells or the problem; skip blank lines."""
    reader = csv.reader(lines, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            is_fatal = str(error).startswith(FATAL_ERRORS)
            unread = ", and the rest was not read" if is_fatal else ""
            yield line, Problem("row", f"is invalid CSV: {error}{unread}")
            cells = None if is_fatal else []
        if cells is None:
            return
        if cells:
            yield line, cells


def _check_size(header: list[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise InvalidRequest([Problem("row", f"The header has more than {MAX_COLUMNS} columns")])
    if any(len(name) > MAX_NAME_LENGTH for name in header):
        message = f"The header has a name of more than {MAX_NAME_LENGTH} characters"
        raise InvalidRequest([Problem("row", message)])


def _check_header(header: list[str], names: Mapping[str, str]) -> None:
    columns = ", ".join(header) or "none"
    problems = [
        Problem(
            name,
            f"is a column {header.count(name)} times"
            if name in header
            else f"is not a column; the columns are {columns}",
        )
        for name in names.values()
        if header.count(name) != 1
    ]
    if problems:
        raise InvalidRequest(problems)
