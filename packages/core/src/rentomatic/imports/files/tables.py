"""The rows of a file, before they are rooms: cells below a header, or JSON objects."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.requests.formulas import unguarded

Record = Sequence[Any] | dict[str, Any]
Numbered = tuple[int, Record | Problem]

MAX_COLUMNS = 1000
MAX_NAME_LENGTH = 200  # characters
SAMPLE_ROWS = 200


@dataclass
class Table:
    """The rows of a file, each with its number; `sample` has the first ones.

    `header` has the names of the columns; it is None if the rows are JSON objects. `facts` tells
    how the file was read, such as its encoding.
    """

    rows: Iterator[Numbered]
    header: list[str] | None
    facts: dict[str, str | int]
    sample: list[Numbered] = field(init=False)

    def __post_init__(self) -> None:
        self.sample = list(islice(self.rows, SAMPLE_ROWS))
        self.rows = chain(self.sample, self.rows)
        self.names = object_names(self._sampled_records()) if self.header is None else self.header

    def has(self, column: str) -> bool:
        """Tell whether there is one such column; any member may be in a later JSON object."""
        return (
            self.header is None or _number(column, self.names) > 0 or self.names.count(column) == 1
        )

    def may_have(self, column: str) -> bool:
        """Tell whether an object of the sample has the member; see `has` for columns."""
        return self.header is not None or not self.names or column in self.names

    def reader(self, column: str) -> Callable[[Any], Any]:
        """Return the function that takes the column's value from a row; see `has`."""
        if self.header is None:
            return _member_reader(column)
        number = _number(column, self.names)
        index = number - 1 if number else self.names.index(column)
        return lambda cells: _value(cells[index])

    def index(self, column: str) -> int:
        """Return the position of the column in a row of cells; see `has`."""
        return (_number(column, self.names) or self.names.index(column) + 1) - 1

    def values(self, column: str) -> list[Any]:
        """Return the column's values in the sample, without empty ones."""
        read = self.reader(column)
        values = (read(record) for record in self._sampled_records())
        return [value for value in values if value not in (None, "")]

    def cells(self, number_of_rows: int) -> list[list[Any]]:
        """Return the cells of the first rows, in the order of `names`."""
        records = islice(self._sampled_records(), number_of_rows)
        if self.header is not None:
            return [list(record) for record in records]
        return [[_member_reader(name)(record) for name in self.names] for record in records]

    def columns(self) -> list[str]:
        """Return a name for each column; `#2` for one whose name is empty or not its own."""
        return [
            name if name and self.names.count(name) == 1 else f"#{number}"
            for number, name in enumerate(self.names, 1)
        ]

    def _sampled_records(self) -> Iterator[Record]:
        """Yield the sampled rows, except invalid ones."""
        for _, record in self.sample:
            if self.header is None:
                is_whole = isinstance(record, dict)
            else:
                is_whole = not isinstance(record, Problem) and len(record) == len(self.header)
            if is_whole:
                yield record


def checked_header(names: Iterable[Any]) -> list[str]:
    """Return the names without blanks around them; raise InvalidRequest if they are too large."""
    header = ["" if name is None else str(name).strip() for name in names]
    if len(header) > MAX_COLUMNS:
        raise InvalidRequest([Problem("row", f"The header has more than {MAX_COLUMNS} columns")])
    if any(len(name) > MAX_NAME_LENGTH for name in header):
        message = f"The header has a name of more than {MAX_NAME_LENGTH} characters"
        raise InvalidRequest([Problem("row", message)])
    return header


def object_names(records: Iterable[Any]) -> list[str]:
    """Return the names of members, those of objects in them as `address.street`.

    Names that no header could have are left out.
    """
    names: dict[str, None] = {}
    for record in records:
        if isinstance(record, dict):
            for name, value in record.items():
                names[name] = None
                if isinstance(value, dict):
                    names |= dict.fromkeys(f"{name}.{inner}" for inner in value)
    return [name for name in names if len(name) <= MAX_NAME_LENGTH][:MAX_COLUMNS]


def _number(column: str, names: Sequence[str]) -> int:
    """Return the number in `#2`; 0 if it is the name of a column, or there is no such column."""
    digits = column.removeprefix("#")
    is_number = column != digits and digits.isascii() and digits.isdigit() and len(digits) < 5
    number = int(digits) if is_number and column not in names else 0
    return number if number <= len(names) else 0


def _value(cell: Any) -> Any:
    """Return text without blanks around it and without a guard against formulas."""
    return unguarded(cell.strip()) if isinstance(cell, str) else cell


def _member_reader(path: str) -> Callable[[Any], Any]:
    outer, dot, inner = path.partition(".")

    def read(members: dict[str, Any]) -> Any:
        value = members.get(path)
        if value is None and dot and isinstance(members.get(outer), dict):
            return members[outer].get(inner)
        return value

    return read
