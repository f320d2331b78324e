"""`rentomatic rooms`: list, show, import and export."""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, BinaryIO, TypeVar

import click

from rentomatic.csv_rows import read_csv
from rentomatic.domain import FIELDS
from rentomatic.query import DEFAULT_LIMIT, DEFAULT_SORT
from rentomatic.repository import RoomRepository, connect
from rentomatic.requests import NEAR, PREFIX, parse_code, parse_search, parse_selection
from rentomatic.responses import ImportReport
from rentomatic.serializers import FORMATS
from rentomatic.settings import Settings
from rentomatic.use_cases import export_rooms, import_rooms, read_room, search_rooms
from rentomatic_cli.table import to_table

Load = Callable[[], Settings]
Command = TypeVar("Command", bound=Callable[..., Any])
LISTINGS = {name: each.write for name, each in FORMATS.items()} | {"table": to_table}


@click.group()
def rooms() -> None:
    """Search, show, import and export rooms."""


def conditions(command: Command) -> Command:
    """Give a command the options that choose rooms."""
    for option in (
        click.option("--within", metavar="METRES"),
        click.option("--near", metavar="LONGITUDE,LATITUDE"),
        click.option("--bbox", metavar="WEST,SOUTH,EAST,NORTH"),
        click.option("-f", "--filter", "filters", multiple=True, metavar="KEY=VALUE"),
    ):
        command = option(command)
    return command


@rooms.command("list")
@conditions
@click.option("--sort", default=DEFAULT_SORT, show_default=True, metavar="[-]FIELD")
@click.option("--limit", default=str(DEFAULT_LIMIT), show_default=True)
@click.option("--format", "listing", type=click.Choice(sorted(LISTINGS)))
@click.pass_obj
def list_rooms(load: Load, /, listing: str | None, **parameters: Any) -> None:
    """List rooms, as a table on a terminal and as JSON elsewhere.

    KEY=VALUE is a filter such as price__lt=60 or code__in=CODE,CODE; several must all be met.
    With a - before it, FIELD is sorted by from its greatest value on. With --near, rooms have a
    distance in metres, which --within bounds, and which can be sorted by.
    """
    search = parse_search(_parameters(**parameters))
    with _repository(load) as repository:
        found = search_rooms(repository, search).rooms
    write = LISTINGS[listing or ("table" if sys.stdout.isatty() else "json")]
    _print(write(found, search.query.near))


@rooms.command()
@click.argument("code")
@click.pass_obj
def show(load: Load, code: str) -> None:
    """Show the room with that CODE as JSON."""
    with _repository(load) as repository:
        _print(FORMATS["ndjson"].write([read_room(repository, parse_code(code))]))


@rooms.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN")
@click.option("--round", "rounding", is_flag=True, help="Round decimals half up.")
@click.pass_obj
def import_(load: Load, file: BinaryIO, columns: tuple[str, ...], rounding: bool) -> None:
    """Import rooms from a CSV FILE with a header; - is standard input.

    A room with a known code is updated. FIELD=COLUMN names the column of a field that is called
    otherwise; further columns are ignored. Exits with 1 when a row was rejected.
    """
    with _repository(load) as repository, _lines(file) as lines:
        report = import_rooms(repository, read_csv(lines, _columns(columns), rounding))
    _print_report(report)
    if report.rejected:
        raise SystemExit(1)


@rooms.command()
@conditions
@click.option("--format", "listing", type=click.Choice(sorted(FORMATS)), default="csv")
@click.pass_obj
def export(load: Load, /, listing: str, **parameters: Any) -> None:
    """Write every room, or every one that is chosen, to standard output."""
    filters, _, near = parse_selection(_parameters(**parameters))
    with _repository(load) as repository:
        _print(FORMATS[listing].write(export_rooms(repository, filters), near))


def _parameters(
    filters: Iterable[str], near: str | None, **others: str | None
) -> list[tuple[str, str]]:
    """Return options as the query parameters of a URL, which they are named after."""
    pairs = [(PREFIX + key, value) for key, value in map(_pair, filters)]
    if near is not None:
        pairs += _coordinates(near)
    return [*pairs, *((name, value) for name, value in others.items() if value is not None)]


def _coordinates(text: str) -> Iterable[tuple[str, str]]:
    """Split LONGITUDE,LATITUDE."""
    values = text.split(",")
    if len(values) != len(NEAR):
        raise click.UsageError(f"--near: {text!r} is not of the form LONGITUDE,LATITUDE")
    return zip(NEAR, values, strict=True)


def _repository(load: Load) -> closing[RoomRepository]:
    return closing(connect(load().repository).rooms)


def _pair(text: str) -> tuple[str, str]:
    """Split KEY=VALUE."""
    key, separator, value = text.partition("=")
    if not separator:
        raise click.UsageError(f"{text!r} is not of the form NAME=VALUE")
    return key, value


def _columns(texts: Iterable[str]) -> dict[str, str]:
    columns = dict(map(_pair, texts))
    for field in columns:
        if field not in FIELDS:
            raise click.UsageError(f"--map: a room has no {field}, only {', '.join(FIELDS)}")
    return columns


@contextmanager
def _lines(file: BinaryIO) -> Iterator[Iterator[str]]:
    """Lend the lines of a file, with a progress bar on a terminal."""
    # Bytes that are no UTF-8 survive as surrogates: only a cell that matters is refused for them.
    size = file.seek(0, os.SEEK_END) if file.seekable() else 0
    hidden = not size or not sys.stderr.isatty()
    with (
        io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="") as text,
        click.progressbar(length=size, file=sys.stderr, hidden=hidden) as bar,
    ):
        if size:
            file.seek(0)

        def counted() -> Iterator[str]:
            for line in text:
                yield line
                bar.update(len(line))

        yield counted()


def _print(texts: Iterable[str]) -> None:
    sys.stdout.writelines(texts)


def _print_report(report: ImportReport) -> None:
    for row in report.rejected:
        for problem in row.problems:
            click.echo(f"line {row.line}, {problem}", err=True)
    click.echo(
        f"created {report.created}, updated {report.updated},"
        f" unchanged {report.unchanged}, rejected {len(report.rejected)}"
    )
