"""Rows of an import: each is a room or rejected. Memory grows by one code per row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest, Problem, RejectedRow

Row = Room | RejectedRow
T = TypeVar("T")


def parse_rows(
    rows: Iterable[tuple[int, T | Problem]],
    parse: Callable[[T], Room],
    columns: Mapping[str, str],
    unit: str = "line",
) -> Iterator[Row]:
    """Parse numbered rows; rows with a code of an earlier row are rejected.

    A row that has a Problem instead of a value is rejected, too. `columns` maps the parameters of
    problems to the names in the file, where these differ. Messages call a row `unit`.
    """
    # Keep codes as ints to save memory (48 instead of 85 bytes).
    numbers: dict[int, int] = {}
    for number, value in rows:
        try:
            room = parse(_raise_problem(value))
            first = numbers.setdefault(int(room.code.replace("-", ""), 16), number)
            if first != number:
                raise InvalidRequest([Problem("code", f"is a duplicate of {unit} {first}")])
        except InvalidRequest as error:
            problems = [(columns.get(name, name), message) for name, message in error.problems]
            yield RejectedRow(number, tuple(Problem(*each) for each in problems))
        else:
            yield room


def _raise_problem(value: T | Problem) -> T:
    if isinstance(value, Problem):
        raise InvalidRequest([value])
    return value
