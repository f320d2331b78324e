"""Progress, rejected rows and the result of an import on the command line."""

import shlex
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import click

from rentomatic.domain.room import Room
from rentomatic.errors import RejectedRow
from rentomatic.imports.options import OPTIONS
from rentomatic.imports.reading import Reading
from rentomatic.imports.rows import Row
from rentomatic.responses import ImportReport
from rentomatic.serializers.reports import reasons_to_list, rejected_to_csv
from rentomatic.serializers.rooms import room_to_columns
from rentomatic.terminal_text import aligned, printable
from rentomatic_cli.import_files import Source
from rentomatic_cli.import_options import flag_of

PROGRESS_STEP_ROWS = 1000
CLEAR_LINE = "\r\x1b[K"
MAX_PREVIEW_ROWS = 5
MAX_CELL_LENGTH = 40  # characters of a cell in a preview
FACTS = ("encoding", "delimiter", "header")


def with_progress(
    source: Source, reading: Reading, rejected: TextIO | None, is_preview: bool
) -> Iterator[Row]:
    """Yield the rows; list rejected rows on standard error, with a progress bar on a terminal.

    A preview lists the first ones. All are also written to `rejected`, as CSV.
    """
    # A pipe has no size, so an import from a pipe has no progress bar.
    size = source.size
    hidden = not size or not sys.stderr.isatty()
    writer = _RejectedRows(reading, rejected)
    left = MAX_PREVIEW_ROWS if is_preview else sys.maxsize
    with click.progressbar(length=size, file=sys.stderr, hidden=hidden) as bar:
        for number, row in enumerate(reading):
            if isinstance(row, RejectedRow):
                if left:
                    _print_rejected(row, reading.unit, "" if hidden else CLEAR_LINE)
                    left -= 1
                writer.write(row)
            if not hidden and number % PROGRESS_STEP_ROWS == 0:
                bar.update(source.raw.tell() - bar.pos)
            yield row
        bar.update(size - bar.pos)


class FirstRooms:
    """Yields rows, and keeps the first rooms of them."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self.rooms: list[Room] = []

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            if isinstance(row, Room) and len(self.rooms) < MAX_PREVIEW_ROWS:
                self.rooms.append(row)
            yield row


class _RejectedRows:
    """Writes rejected rows as CSV, with a header before the first."""

    def __init__(self, reading: Reading, file: TextIO | None) -> None:
        self._reading, self._file = reading, file
        self._is_first = True

    def write(self, row: RejectedRow) -> None:
        if self._file:
            lines = rejected_to_csv(self._reading.table.names, [row])
            header = next(lines)
            self._file.write((header if self._is_first else "") + "".join(lines))
            self._is_first = False


def print_proposal(proposed: list[tuple[str, str]]) -> None:
    """Print the options that a preview adds to the given ones."""
    if proposed:
        click.echo("Proposed options:")
    for name, text in proposed:
        click.echo(f"  {printable(_as_option(name, text))}")


def print_rooms(rooms: list[Room]) -> None:
    """Print rooms as a table of their columns."""
    if rooms:
        columns = [room_to_columns(room) for room in rooms]
        names = list(dict.fromkeys(name for each in columns for name in each))
        cells = [[_short(each.get(name, "")) for name in names] for each in columns]
        click.echo("First rooms:")
        click.echo(
            "".join(f"  {line}" for line in aligned([names, *cells], "<" * len(names))), nl=False
        )


def print_report(report: ImportReport, reading: Reading) -> None:
    """Print how the file was read, why rows were rejected, and the counts."""
    facts = reading.facts
    for line in _fact_lines(facts):
        click.echo(printable(line), err=True)
    for reason in reasons_to_list(reading.reasons) if report.rejected > 1 else []:
        text = f"{reason['count']} × {reason['column']}: {reason['reason']}"
        click.echo(printable(text), err=True)
    for code in report.withdrawn_codes:
        click.echo(f"withdrawn {code}", err=True)
    if report.withdrawn > len(report.withdrawn_codes):
        click.echo("only the first withdrawn rooms are listed", err=True)
    withdrawn = f", withdrawn {report.withdrawn}" if report.withdrawn else ""
    click.echo(
        f"created {report.created}, updated {report.updated},"
        f" unchanged {report.unchanged}, rejected {report.rejected}{withdrawn}"
    )


def _fact_lines(facts: dict[str, Any]) -> Iterator[str]:
    """Yield what differs from a plain file: UTF-8, commas, and no other columns."""
    plain = {"encoding": "utf-8", "delimiter": ",", "header": 1}
    layout = [
        f"{name} {facts[name]}" for name in FACTS if facts.get(name) not in (None, plain[name])
    ]
    layout += [f"numbers of {name} like {notation}" for name, notation in facts["numbers"].items()]
    if layout:
        yield f"read with {', '.join(layout)}"
    if facts["ignored"]:
        yield f"ignored columns ({len(facts['ignored'])}): {', '.join(facts['ignored'])}"
    yield from (f"warning: {text}" for text in facts["warnings"])


def _as_option(parameter: str, text: str) -> str:
    for option in OPTIONS.values():
        if option.prefix and parameter.startswith(option.prefix):
            pair = f"{parameter.removeprefix(option.prefix)}={text}"
            return f"{flag_of(option)} {shlex.quote(pair)}"
    option = OPTIONS[parameter]
    return flag_of(option) if option.is_switch else f"{flag_of(option)} {shlex.quote(text)}"


def _short(value: object) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= MAX_CELL_LENGTH else f"{text[: MAX_CELL_LENGTH - 1]}…"


def _print_rejected(row: RejectedRow, unit: str, prefix: str) -> None:
    for problem in row.problems:
        click.echo(f"{prefix}{unit} {row.row}, {printable(problem)}", err=True)
