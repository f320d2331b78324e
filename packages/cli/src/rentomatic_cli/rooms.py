"""`rentomatic rooms`: list, show, import and export."""

import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from rentomatic.domain.query import DEFAULT_LIMIT, DEFAULT_SORT
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import COLUMN, parse_import
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.field_values import parse_code
from rentomatic.requests.search import NEAR, PREFIX, parse_search, parse_selection
from rentomatic.serializers.formats import FORMATS
from rentomatic.settings.settings import Settings, open_storage
from rentomatic.use_cases.imports import import_rooms
from rentomatic.use_cases.search import export_rooms, read_room, search_rooms
from rentomatic_cli.progress import told
from rentomatic_cli.table import to_table

Load = Callable[[], Settings]
Command = TypeVar("Command", bound=Callable[..., Any])
UNSETTLING = 10_000  # rooms written at once
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
    with opened(load) as repository:
        found = search_rooms(repository, search).rooms
    write = LISTINGS[listing or ("table" if sys.stdout.isatty() else "json")]
    _print(write(found, search.query.near))


@rooms.command()
@click.argument("code")
@click.pass_obj
def show(load: Load, code: str) -> None:
    """Show the room with that CODE as JSON."""
    with opened(load) as repository:
        _print(FORMATS["ndjson"].write([read_room(repository, parse_code(code))]))


@rooms.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--format", "name", type=click.Choice(sorted(ROW_FORMATS)))
@click.option("--on-error", type=click.Choice(["abort", "skip"]), default="skip")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN")
@click.option("--round", "round_", is_flag=True, help="Round decimals half up.")
@click.pass_obj
def import_(load: Load, /, file: BinaryIO, name: str | None, **options: Any) -> None:
    """Import rooms from a FILE; - is standard input.

    The format is that of the file's suffix unless it is named, and CSV where neither says so. A
    room with a known code is updated. FIELD=COLUMN names the column of a CSV file for a field that
    is called otherwise; further columns are ignored. A row that cannot be read is left out; with
    --on-error abort, nothing is imported then. Exits with 1 when a row was rejected.
    """
    name = name or _suffix(file)
    wanted = parse_import(_import_parameters(**options), name)
    rows = told(file, ROW_FORMATS[name].read(file, wanted), ROW_FORMATS[name].unit)
    with opened(load) as repository:
        report = import_rooms(repository, rows, wanted.all_or_none, wanted.dry_run)
        if report.created + report.updated > UNSETTLING and not wanted.dry_run:
            repository.optimize()
    click.echo(
        f"created {report.created}, updated {report.updated},"
        f" unchanged {report.unchanged}, rejected {report.rejected}"
    )
    if report.rejected:
        raise SystemExit(1)


@rooms.command()
@conditions
@click.option("--format", "listing", type=click.Choice(sorted(FORMATS)), default="csv")
@click.pass_obj
def export(load: Load, /, listing: str, **parameters: Any) -> None:
    """Write every room, or every one that is chosen, to standard output."""
    filters, near = parse_selection(_parameters(**parameters))
    with opened(load) as repository:
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


def opened(load: Load) -> closing[RoomRepository]:
    """Lend the rooms that the settings name."""
    return closing(open_storage(load()).rooms)


def _pair(text: str) -> tuple[str, str]:
    """Split KEY=VALUE."""
    key, separator, value = text.partition("=")
    if not separator:
        raise click.UsageError(f"{text!r} is not of the form NAME=VALUE")
    return key, value


def _suffix(file: BinaryIO) -> str:
    """Return the format that the name of a file ends with, or csv."""
    suffix = Path(str(getattr(file, "name", ""))).suffix.removeprefix(".").lower()
    return suffix if suffix in ROW_FORMATS else "csv"


def _import_parameters(
    columns: Iterable[str], dry_run: bool, round_: bool, **others: str
) -> list[tuple[str, str]]:
    """Return options as the query parameters of a URL, which they are named after."""
    flags = {"dry_run": dry_run, "round": round_}
    return [
        *((COLUMN + field, column) for field, column in map(_pair, columns)),
        *((name, "true") for name, given in flags.items() if given),
        *others.items(),
    ]


def _print(texts: Iterable[str]) -> None:
    sys.stdout.writelines(texts)
