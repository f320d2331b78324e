"""How far an import is, and which rows it rejects, on standard error."""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import click

from rentomatic.errors import RejectedRow
from rentomatic.imports.rows import Row
from rentomatic.terminal_text import printable

STEP = 1000  # rows
CLEAR_LINE = "\r\x1b[K"


def told(file: BinaryIO, rows: Iterable[Row], unit: str) -> Iterator[Row]:
    """Yield the rows of a file, and tell of each that is rejected; on a terminal, draw a bar."""
    # What comes through a pipe has no size.
    size = file.seek(0, os.SEEK_END) if file.seekable() else 0
    hidden = not size or not sys.stderr.isatty()
    if size:
        file.seek(0)
    with click.progressbar(length=size, file=sys.stderr, hidden=hidden) as bar:
        for number, row in enumerate(rows):
            if isinstance(row, RejectedRow):
                _tell(row, unit, "" if hidden else CLEAR_LINE)
            if not hidden and number % STEP == 0:
                bar.update(file.tell() - bar.pos)
            yield row
        bar.update(size - bar.pos)


def _tell(row: RejectedRow, unit: str, before: str) -> None:
    for problem in row.problems:
        click.echo(f"{before}{unit} {row.row}, {printable(problem)}", err=True)
