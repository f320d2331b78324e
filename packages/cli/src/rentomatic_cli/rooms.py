"""`rentomatic rooms list`, `show` and `export`."""

import sys
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import click

from rentomatic.domain.globe import Point
from rentomatic.domain.query import DEFAULT_LIMIT, DEFAULT_SORT, MAX_LIMIT, SORTS
from rentomatic.domain.room import Room
from rentomatic.repository.gazetteer import Gazetteer, open_gazetteer
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.field_values import parse_code
from rentomatic.requests.search import parse_search, parse_selection
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.rooms import columns, room_to_columns, used_fields
from rentomatic.terminal_text import aligned
from rentomatic.use_cases.search import export_rooms, read_room, search_rooms
from rentomatic_cli.commands import LoadSettings, open_rooms
from rentomatic_cli.options import condition_options, query_parameters
from rentomatic_cli.places import place_id


@click.group()
def rooms() -> None:
    """Search, edit, import and export rooms."""


def to_table(
    rooms: Iterable[Room],
    near: Point | None = None,
    used: Collection[str] = (),  # noqa: ARG001
) -> Iterator[str]:
    """Yield a header and one line per room without its optional fields; numbers to the right."""
    names = columns(near)
    values = (room_to_columns(room, near) for room in rooms)
    rows = [names, *(tuple(str(each[name]) for name in names) for each in values)]
    return aligned(rows, ("<", *">" * (len(names) - 1)))


LIST_FORMATS = {name: each.write for name, each in FORMATS.items()} | {"table": to_table}


@rooms.command("list")
@condition_options
@click.option(
    "--sort",
    default=DEFAULT_SORT,
    show_default=True,
    metavar="[-]FIELD",
    help=f"{', '.join(SORTS)}; distance needs --place or --near, relevance --q. "
    "'-' reverses the order.",
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

    The KEY of a filter is FIELD__OPERATOR. Operators of numbers are eq, ne, lt, lte, gt, gte and
    in; of code, kind, source and reference eq, ne and in; of features all, any and none; of
    created and updated lt, lte, gt and gte. The VALUE of in, all, any and none is a list:
    price__in=50,60.

    \b
    Example:
      rentomatic rooms list -f price__lt=60 -f size__gte=20 --sort=-size
    """
    with open_rooms(load) as repository:
        gazetteer = open_gazetteer()
        search = parse_search(_parameters(gazetteer, repository, **options), gazetteer.get)
        found = search_rooms(repository, search).rooms
    write = LIST_FORMATS[format_name or ("table" if sys.stdout.isatty() else "json")]
    sys.stdout.writelines(write(found, search.query.near, used_fields(found)))


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
    with open_rooms(load) as repository:
        gazetteer = open_gazetteer()
        parameters = _parameters(gazetteer, repository, **options)
        filters, near = parse_selection(parameters, gazetteer.get)
        found = export_rooms(repository, filters)
        format_ = FORMATS[format_name]
        used = repository.used_fields() if format_.has_columns else ()
        sys.stdout.writelines(format_.write(found, near, used))


def _parameters(
    gazetteer: Gazetteer, rooms: RoomRepository, /, place: str | None, **options: Any
) -> list[tuple[str, str]]:
    parameters = query_parameters(**options)
    if place is not None:
        parameters.append(("place", place_id(gazetteer, rooms, place)))
    return parameters


def print_room(room: Room) -> None:
    sys.stdout.writelines(FORMATS["ndjson"].write([room]))
