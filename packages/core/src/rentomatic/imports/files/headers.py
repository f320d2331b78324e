"""Find the row of a table that names its columns, and the rows below it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.files.tables import Numbered, checked_header

AUTO, NONE = "auto", "none"
MAX_HEADER_ROWS = 20
MIN_NAMED_SHARE = 0.6  # of the columns that the header names; a title above it has fewer cells

Rows = Iterator[tuple[int, Any]]


def find_header(
    rows: Rows, option: str, is_header: Callable[[Sequence[Any]], bool]
) -> tuple[list[str], Iterator[Numbered], dict[str, int]]:
    """Return the names of the columns, the rows below them, and the number of the header's row.

    `option` is that number, or `none` for a file without names. Otherwise the header is the first
    row that `is_header` accepts, or the first one that fills most columns: titles do not.
    """
    first = list(islice(rows, MAX_HEADER_ROWS)) if option in (AUTO, NONE) else []
    if option == NONE:
        width = max((len(cells) for _, cells in _valid(first)), default=0)
        return checked_header([""] * width), chain(first, rows), {}
    number, cells = _named(rows, int(option)) if option != AUTO else _found(first, is_header)
    below = (row for row in first if row[0] > number)
    return checked_header(cells), chain(below, rows), {"header": number}


def _named(rows: Rows, option: int) -> tuple[int, Any]:
    for number, cells in rows:
        if number >= option:
            if number == option and not isinstance(cells, Problem):
                return number, cells
            break
    raise InvalidRequest(
        [Problem("header", f"must be the number of a row: row {option} is not one")]
    )


def _found(
    first: list[tuple[int, Any]], is_header: Callable[[Sequence[Any]], bool]
) -> tuple[int, Any]:
    valid = list(_valid(first))
    if not valid:
        problems = [problem for _, problem in first]
        if problems:
            raise InvalidRequest(problems[:1])
        return 1, []
    width = max(len(cells) for _, cells in valid)
    named = (row for row in valid if is_header(row[1]))
    filled = (row for row in valid if _filled(row[1]) >= MIN_NAMED_SHARE * width)
    return next(named, None) or next(filled, valid[0])


def _valid(rows: list[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    return (row for row in rows if not isinstance(row[1], Problem))


def _filled(cells: Sequence[Any]) -> int:
    return sum(1 for cell in cells if cell is not None and str(cell).strip())
