"""`rentomatic rooms import`."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from rentomatic.errors import RejectedRow
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import COLUMN, parse_import
from rentomatic.imports.rows import Row
from rentomatic.terminal_text import printable
from rentomatic.use_cases.imports import import_rooms
from rentomatic_cli.commands import LoadSettings
from rentomatic_cli.options import split_pair
from rentomatic_cli.rooms import open_rooms

OPTIMIZE_ABOVE = 10_000  # created and updated rooms
PROGRESS_STEP_ROWS = 1000
CLEAR_LINE = "\r\x1b[K"


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(ROW_FORMATS)),
    help="Format of FILE. Default: from its suffix, otherwise csv.",
)
@click.option(
    "--on-error",
    type=click.Choice(["abort", "skip"]),
    default="skip",
    show_default=True,
    help="If rows are invalid, import nothing (abort) or the valid rows (skip).",
)
@click.option("--dry-run", is_flag=True, help="Validate and count the rows without importing.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Column of a CSV file for FIELD, if it has another name. Repeatable.",
)
@click.option(
    "--round",
    "round_",
    is_flag=True,
    help="Round decimals in whole-number fields of a CSV file, halves up.",
)
@click.pass_obj
def import_(
    load: LoadSettings, /, file: BinaryIO, format_name: str | None, **options: Any
) -> None:
    """Import rooms from a file.

    Reads FILE, or standard input if FILE is "-". A room with an existing code is updated, any
    other room is added. Additional CSV columns are ignored.

    Invalid rows are listed on standard error, and the exit status is 1 if there are any.

    \b
    Example:
      rentomatic rooms import offers.csv --map code=id --map size=squareMeters
    """
    format_name = format_name or _format_of(file)
    row_format = ROW_FORMATS[format_name]
    parsed = parse_import(_parameters(**options), format_name)
    rows = with_progress(file, row_format.read(file, parsed), row_format.unit)
    with open_rooms(load) as rooms:
        report = import_rooms(rooms, rows, parsed.all_or_none, parsed.dry_run)
        if report.created + report.updated > OPTIMIZE_ABOVE and not parsed.dry_run:
            rooms.optimize()
    click.echo(
        f"created {report.created}, updated {report.updated},"
        f" unchanged {report.unchanged}, rejected {report.rejected}"
    )
    if report.rejected:
        raise SystemExit(1)


def with_progress(file: BinaryIO, rows: Iterable[Row], unit: str) -> Iterator[Row]:
    """Yield the rows; list rejected rows on standard error, with a progress bar on a terminal."""
    # A pipe has no size, so an import from a pipe has no progress bar.
    size = file.seek(0, os.SEEK_END) if file.seekable() else 0
    hidden = not size or not sys.stderr.isatty()
    if size:
        file.seek(0)
    with click.progressbar(length=size, file=sys.stderr, hidden=hidden) as bar:
        for number, row in enumerate(rows):
            if isinstance(row, RejectedRow):
                _print_rejected(row, unit, "" if hidden else CLEAR_LINE)
            if not hidden and number % PROGRESS_STEP_ROWS == 0:
                bar.update(file.tell() - bar.pos)
            yield row
        bar.update(size - bar.pos)


def _print_rejected(row: RejectedRow, unit: str, prefix: str) -> None:
    for problem in row.problems:
        click.echo(f"{prefix}{unit} {row.row}, {printable(problem)}", err=True)


def _format_of(file: BinaryIO) -> str:
    suffix = Path(str(getattr(file, "name", ""))).suffix.removeprefix(".").lower()
    return suffix if suffix in ROW_FORMATS else "csv"


def _parameters(
    columns: Iterable[str], dry_run: bool, round_: bool, **others: str
) -> list[tuple[str, str]]:
    """Convert options to the query parameters of POST /rooms/import."""
    flags = {"dry_run": dry_run, "round": round_}
    pairs = (split_pair("--map", "FIELD=COLUMN", text) for text in columns)
    return [
        *((COLUMN + field, column) for field, column in pairs),
        *((name, "true") for name, is_set in flags.items() if is_set),
        *others.items(),
    ]
