"""Rooms from the rows of a CSV file (RFC 4180)."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import itemgetter

from rentomatic.domain.room import FIELDS, Room
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.rows import Row, to_rows
from rentomatic.requests.field_values import parse_room

# With these the reader gives up inside a quoted cell, whose text would then be taken for rows.
UNENDING = ("field larger", "unexpected end")


MAX_COLUMNS = 1000
MAX_NAME = 200  # characters


def read_csv(
    lines: Iterable[str], columns: Mapping[str, str], rounding: bool = False
) -> Iterator[Row]:
    """Yield each row, by the line that it begins on, as its room or as rejected.

    `columns` says which column holds a field that has another name there; further columns are
    ignored. Raises InvalidRequest when a column is missing from the header or stands there twice.
    """
    names = {field: columns.get(field, field) for field in FIELDS}
    records = _records(lines)
    _, header = next(records, (1, []))
    if isinstance(header, Problem):
        raise InvalidRequest([header])
    _check_size(header)
    _check_header(header, names)
    width, texts = len(header), itemgetter(*map(header.index, names.values()))

    def read(cells: list[str]) -> Room:
        if len(cells) != width:
            message = f"has {len(cells)} cells, but the header has {width}"
            raise InvalidRequest([Problem("row", message)])
        return parse_room(texts(cells), rounding)

    yield from to_rows(records, read, names)


def peek(lines: Iterable[str], count: int) -> tuple[list[str], list[list[str]]]:
    """Return the header and the cells of as many rows as there are, up to a number.

    Raises InvalidRequest if the header is not CSV or too large; other rows that are not CSV are
    left out.
    """
    records = _records(lines)
    _, header = next(records, (1, []))
    if isinstance(header, Problem):
        raise InvalidRequest([header])
    _check_size(header)
    rows = (cells for _, cells in records if not isinstance(cells, Problem))
    return header, list(islice(rows, count))


def _records(lines: Iterable[str]) -> Iterator[tuple[int, list[str] | Problem]]:
    """Yield the line each record starts on, and its cells or why it has none; skip blank lines."""
    reader = csv.reader(lines, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            ends = str(error).startswith(UNENDING)
            lost = ", and the rest was not read" if ends else ""
            yield line, Problem("row", f"is invalid CSV: {error}{lost}")
            cells = None if ends else []
        if cells is None:
            return
        if cells:
            yield line, cells


def _check_size(header: list[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise InvalidRequest([Problem("row", f"The header has more than {MAX_COLUMNS} columns")])
    if any(len(name) > MAX_NAME for name in header):
        message = f"The header has a name of more than {MAX_NAME} characters"
        raise InvalidRequest([Problem("row", message)])


def _check_header(header: list[str], names: Mapping[str, str]) -> None:
    there = ", ".join(header) or "none"
    problems = [
        Problem(
            name,
            f"is a column {header.count(name)} times"
            if name in header
            else f"is not a column; the columns are {there}",
        )
        for name in names.values()
        if header.count(name) != 1
    ]
    if problems:
        raise InvalidRequest(problems)
