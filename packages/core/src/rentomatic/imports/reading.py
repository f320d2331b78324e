"""Read a file as rooms and rejected rows, and report how it was read."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

from rentomatic.errors import RejectedRow
from rentomatic.imports.files.tables import MAX_COLUMNS, MAX_NAME_LENGTH, Table
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.guessing import guess_columns
from rentomatic.imports.options import ImportOptions
from rentomatic.imports.plan import Plan, make_plan
from rentomatic.imports.room_parser import room_parser
from rentomatic.imports.rows import Row, read_rows

MAX_REASONS = 100
# The part of a message that differs between rows of one reason.
_DETAIL = re.compile(r"(?:: | of (?:line|row|element|feature) |, not ).*", re.DOTALL)
OUT_OF_RANGE = ("latitude", "must be from -90 to 90")


class Reading:
    """The rows of a file, to iterate over once; afterwards, `reasons` and `facts` are complete.

    `reasons` counts the problems of rejected rows by column and reason.
    """

    def __init__(self, table: Table, plan: Plan, options: ImportOptions, unit: str) -> None:
        self.table, self.plan, self.unit = table, plan, unit
        self.reasons: Counter[tuple[str, str]] = Counter()
        self._labels = {name: columns[0] for name, columns in plan.columns.items()}
        self._parse = room_parser(table, plan, options)
        self._further: dict[str, None] = {}
        if table.header is None:
            table.rows = self._noting_members(table.rows)

    def __iter__(self) -> Iterator[Row]:
        for row in read_rows(self.table, self._parse, self._labels, self.unit):
            if isinstance(row, RejectedRow):
                self._count(row)
            yield row

    @property
    def facts(self) -> dict[str, Any]:
        """How the file was read: its layout, columns by field, notations, ignored columns."""
        used = {path for column in self.plan.used for path in (column, column.partition(".")[0])}
        names = self.table.columns() if self.table.header is not None else [*self._further]
        swapped = self.reasons[self._labels.get(OUT_OF_RANGE[0], ""), OUT_OF_RANGE[1]]
        warning = f"latitude and longitude may be swapped in {swapped} rows"
        has_columns = self.table.header is not None or self._further
        return {
            **self.table.facts,
            "columns": {
                name: ", ".join(columns)
                for name, columns in self.plan.columns.items()
                if has_columns and self._is_in_file(columns)
            },
            "numbers": dict(self.plan.notations),
            "ignored": [name for name in names if name not in used],
            "warnings": [warning] if swapped else [],
        }

    def _is_in_file(self, columns: tuple[str, ...]) -> bool:
        return self.table.header is not None or not {*columns}.isdisjoint(
            (*self.table.names, *self._further)
        )

    def _count(self, row: RejectedRow) -> None:
        for column, message in row.problems:
            reason = (column, _DETAIL.sub("", message))
            if reason in self.reasons or len(self.reasons) < MAX_REASONS:
                self.reasons[reason] += 1

    def _noting_members(self, rows: Iterator[Any]) -> Iterator[Any]:
        for number, record in rows:
            if isinstance(record, dict) and len(self._further) < MAX_COLUMNS:
                self._further |= dict.fromkeys(
                    name for name in record if len(name) <= MAX_NAME_LENGTH
                )
            yield number, record


def open_rows(file: BinaryIO, format_: str, options: ImportOptions) -> Reading:
    """Open a file in a format of ROW_FORMATS; raise InvalidRequest if its columns do not fit.

    Also while its rows are read, InvalidRequest is raised if the file is invalid.
    """
    table = ROW_FORMATS[format_].read(file, options)
    guessed = guess_columns(table, options) if options.is_guessing else {}
    plan = make_plan(table, options, guessed)
    return Reading(table, plan, options, ROW_FORMATS[format_].unit)
