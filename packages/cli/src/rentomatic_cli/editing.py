"""`rentomatic rooms`: add, edit and delete one room."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from uuid import uuid4

import click

from rentomatic.domain.room import FIELDS, Room
from rentomatic.requests.field_values import parse_code, parse_room, parse_values
from rentomatic.serializers.formats import FORMATS
from rentomatic.use_cases.edit import add_room, change_room, remove_room
from rentomatic_cli.rooms import Load, opened

Command = TypeVar("Command", bound=Callable[..., Any])


def field_options(required: bool) -> Callable[[Command], Command]:
    """Give a command an option for each field but the code."""

    def decorate(command: Command) -> Command:
        for name, declared in reversed(FIELDS.items()):
            if name != "code":
                text = declared.metadata["description"]
                option = click.option(f"--{name}", required=required, metavar="N", help=text)
                command = option(command)
        return command

    return decorate


@click.command()
@click.option("--code", help="A UUID; a new one unless given.")
@field_options(required=True)
@click.pass_obj
def add(load: Load, /, code: str | None, **texts: str) -> None:
    """Add a room, and show it as JSON."""
    texts["code"] = code or str(uuid4())
    room = parse_room([texts[name] for name in FIELDS])
    with opened(load) as rooms:
        add_room(rooms, room)
    _show(room)


@click.command()
@click.argument("code")
@field_options(required=False)
@click.pass_obj
def edit(load: Load, /, code: str, **texts: str | None) -> None:
    """Change the room with that CODE where options say so, and show it as JSON."""
    wanted = parse_code(code)
    values: dict[str, Any] = parse_values({n: t for n, t in texts.items() if t is not None})
    with opened(load) as rooms:
        room = change_room(rooms, wanted, lambda old: replace(old, **values))
    _show(room)


@click.command()
@click.argument("code")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete(load: Load, code: str, yes: bool) -> None:
    """Delete the room with that CODE, when it is confirmed."""
    wanted = parse_code(code)
    if not yes:
        click.confirm(f"Delete the room {wanted}?", abort=True, err=True)
    with opened(load) as rooms:
        remove_room(rooms, wanted, lambda _: None)


def _show(room: Room) -> None:
    click.echo("".join(FORMATS["ndjson"].write([room])), nl=False)
