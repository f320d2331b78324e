"""`rentomatic rooms add`, `edit` and `delete`."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import click

from rentomatic.domain.room import FIELDS
from rentomatic.requests.field_values import parse_code, parse_room, parse_values
from rentomatic.use_cases.edit import add_room, change_room, remove_room
from rentomatic_cli.commands import LoadSettings
from rentomatic_cli.options import field_options
from rentomatic_cli.rooms import open_rooms, print_room


@click.command()
@click.option("--code", metavar="UUID", help="Code of the room. Default: a random UUID.")
@field_options(required=True)
@click.pass_obj
def add(load: LoadSettings, /, code: str | None, **texts: str) -> None:
    """Add a room and print it as JSON."""
    texts["code"] = code or str(uuid4())
    room = parse_room([texts[name] for name in FIELDS])
    with open_rooms(load) as rooms:
        add_room(rooms, room)
    print_room(room)


@click.command()
@click.argument("code")
@field_options(required=False)
@click.pass_obj
def edit(load: LoadSettings, /, code: str, **texts: str | None) -> None:
    """Change fields of a room.

    CODE is the room's UUID. Fields without an option keep their values. Prints the changed room as
    JSON.
    """
    canonical = parse_code(code)
    values: dict[str, Any] = parse_values({n: t for n, t in texts.items() if t is not None})
    with open_rooms(load) as rooms:
        room = change_room(rooms, canonical, lambda old: replace(old, **values))
    print_room(room)


@click.command()
@click.argument("code")
@click.option("--yes", is_flag=True, help="Delete without confirmation.")
@click.pass_obj
def delete(load: LoadSettings, code: str, yes: bool) -> None:
    """Delete a room after confirmation.

    CODE is the room's UUID.
    """
    canonical = parse_code(code)
    if not yes:
        click.confirm(f"Delete the room {canonical}?", abort=True, err=True)
    with open_rooms(load) as rooms:
        remove_room(rooms, canonical, lambda _: None)
