"""Rows of an import, one after the other: each a room, or rejected; only their codes are kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest, Problem, RejectedRow

Row = Room | RejectedRow
T = TypeVar("T")


def to_rows(
    records: Iterable[tuple[int, T | Problem]],
    read: Callable[[T], Room],
    columns: Mapping[str, str],
    unit: str = "line",
) -> Iterator[Row]:
    """Yield each record as its room, or as rejected; of a code given twice the first one counts.

    A record has a number, and is what `read` makes a room of, or what is wrong with it. `columns`
    says what fields are called where the record comes from.
    """
    # As numbers: a code takes 48 bytes so, and 85 as text.
    seen: dict[int, int] = {}
    for number, record in records:
        try:
            room = read(_unless_problem(record))
            first = seen.setdefault(int(room.code.replace("-", ""), 16), number)
            if first != number:
                raise InvalidRequest([Problem("code", f"is a duplicate of {unit} {first}")])
        except InvalidRequest as error:
            problems = [(columns.get(name, name), message) for name, message in error.problems]
            yield RejectedRow(number, tuple(Problem(*each) for each in problems))
        else:
            yield room


def _unless_problem(record: T | Problem) -> T:
    if isinstance(record, Problem):
        raise InvalidRequest([record])
    return record
