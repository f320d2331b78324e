"""`rentomatic rooms list`, `show` and `export`."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import click

from rentomatic.domain.globe import Point
from rentomatic.domain.query import DEFAULT_LIMIT, DEFAULT_SORT, MAX_LIMIT
from rentomatic.domain.room import FIELDS, Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.field_values import parse_code
from rentomatic.requests.search import parse_search, parse_selection
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.rooms import columns, room_to_dict
from rentomatic.settings.settings import open_storage
from rentomatic.terminal_text import aligned
from rentomatic.use_cases.search import export_rooms, read_room, search_rooms
from rentomatic_cli.commands import LoadSettings
from rentomatic_cli.options import condition_options, query_parameters


@click.group()
def rooms() -> None:
    """Search, edit, import and export rooms."""


def to_table(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield a header and one line per room, with numbers aligned to the right."""
    rows = [columns(near), *(tuple(map(str, room_to_dict(room, near).values())) for room in rooms)]
    return aligned(rows, ("<", *">" * (len(rows[0]) - 1)))


LIST_FORMATS = {name: each.write for name, each in FORMATS.items()} | {"table": to_table}


@rooms.command("list")
@condition_options
@click.option(
    "--sort",
    default=DEFAULT_SORT,
    show_default=True,
    metavar="[-]FIELD",
    help=f"{', '.join(FIELDS)}, or distance (needs --near). '-' sorts in descending order.",
)
@click.option(
    "--limit",
    default=str(DEFAULT_LIMIT),
    show_default=True,
    metavar="N",
    help=f"Maximum number of rooms, from 1 to {MAX_LIMIT}.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(LIST_FORMATS)),
    help="Default: table on a terminal, otherwise json.",
)
@click.pass_obj
def list_rooms(load: LoadSettings, /, format_name: str | None, **options: Any) -> None:
    """Search rooms.

    The KEY of a filter is FIELD__OPERATOR. Operators are eq, ne, lt, lte, gt, gte and in. The
    field code has only eq, ne and in. The VALUE of in is a list: price__in=50,60.

    \b
    Example:
      rentomatic rooms list -f price__lt=60 -f size__gte=20 --sort=-size
    """
    search = parse_search(query_parameters(**options))
    with open_rooms(load) as repository:
        found = search_rooms(repository, search).rooms
    write = LIST_FORMATS[format_name or ("table" if sys.stdout.isatty() else "json")]
    sys.stdout.writelines(write(found, search.query.near))


@rooms.command()
@click.argument("code")
@click.pass_obj
def show(load: LoadSettings, code: str) -> None:
    """Print a room as JSON.

    CODE is the room's UUID.
    """
    with open_rooms(load) as repository:
        print_room(read_room(repository, parse_code(code)))


@rooms.command()
@condition_options
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(FORMATS)),
    default="csv",
    show_default=True,
    help="Output format.",
)
@click.pass_obj
def export(load: LoadSettings, /, format_name: str, **options: Any) -> None:
    """Write rooms to standard output.

    Writes all rooms, or those that match the options. See "rentomatic rooms list --help" for
    filters.
    """
    filters, near = parse_selection(query_parameters(**options))
    with open_rooms(load) as repository:
        found = export_rooms(repository, filters)
        sys.stdout.writelines(FORMATS[format_name].write(found, near))


def open_rooms(load: LoadSettings) -> closing[RoomRepository]:
    return closing(open_storage(load()).rooms)


def print_room(room: Room) -> None:
    sys.stdout.writelines(FORMATS["ndjson"].write([room]))
