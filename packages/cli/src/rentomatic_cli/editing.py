"""`rentomatic rooms add`, `edit` and `delete`."""

from uuid import uuid4

import click

from rentomatic.requests.field_values import parse_changes, parse_code, parse_room_texts
from rentomatic.use_cases.edit import add_room, change_room, remove_room
from rentomatic_cli.commands import LoadSettings, open_rooms
from rentomatic_cli.options import field_options
from rentomatic_cli.rooms import print_room


@click.command()
@click.option("--code", metavar="UUID", help="Code of the room. Default: a random UUID.")
@field_options(required=True)
@click.pass_obj
def add(load: LoadSettings, /, code: str | None, **texts: str | None) -> None:
    """Add a room and print it as JSON."""
    given = {name: text for name, text in texts.items() if text is not None}
    room = parse_room_texts({"code": code or str(uuid4()), **given})
    with open_rooms(load) as rooms:
        add_room(rooms, room)
    print_room(room)


@click.command()
@click.argument("code")
@field_options(required=False)
@click.pass_obj
def edit(load: LoadSettings, /, code: str, **texts: str | None) -> None:
    """Change fields of a room.

    CODE is the room's UUID. Fields without an option keep their values; an empty value of an
    optional field removes it. Prints the changed room as JSON.
    """
    canonical = parse_code(code)
    changes = parse_changes({name: text for name, text in texts.items() if text is not None})
    with open_rooms(load) as rooms:
        room = change_room(rooms, canonical, changes)
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
