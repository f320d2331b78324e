"""Rows of an import: each is a room or rejected. Memory grows by one code per row."""

from collections.abc import Callable, Iterator
from typing import Any

from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest, InvalidRow, Problem, RejectedRow
from rentomatic.imports.files.tables import Table

Row = Room | RejectedRow
Parse = Callable[[Any], Room | None]


def read_rows(table: Table, parse: Parse, labels: dict[str, str], unit: str) -> Iterator[Row]:
    """Parse the rows of a table; rows with a code of an earlier row are rejected.

    `labels` has the names of columns in the file, where these differ. Messages call a row `unit`.
    Rows without text are skipped.
    """
    # Keep codes as ints to save memory (48 instead of 85 bytes).
    numbers: dict[int, int] = {}
    for number, record in table.rows:
        try:
            room = parse(_raise_problem(record))
            if room is None:
                continue
            first = numbers.setdefault(int(room.code.replace("-", ""), 16), number)
            if first != number:
                problem = Problem("code", f"is a duplicate of {unit} {first}")
                raise InvalidRow([problem], room.code)
        except InvalidRequest as error:
            problems = (Problem(labels.get(name, name), text) for name, text in error.problems)
            code = error.room if isinstance(error, InvalidRow) else None
            yield RejectedRow(number, tuple(problems), _cells(record), code)
        else:
            yield room


def _raise_problem(record: Any) -> Any:
    if isinstance(record, Problem):
        raise InvalidRequest([record])
    return record


def _cells(record: Any) -> Any:
    return record if isinstance(record, dict | list) else ()
