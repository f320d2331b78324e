"""The `rentomatic` command: `main` runs it."""

import os

import click

from rentomatic import __version__
from rentomatic.settings.settings import load
from rentomatic_cli.commands import Commands
from rentomatic_cli.config import config
from rentomatic_cli.doctor import doctor
from rentomatic_cli.editing import add, delete, edit
from rentomatic_cli.rooms import rooms
from rentomatic_cli.tokens import token


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="rentomatic")
@click.pass_context
def main(context: click.Context) -> None:
    """Search rooms to rent, and look after them."""
    # A function, so that --help needs no settings.
    context.obj = lambda: load(os.environ)


for command in (add, edit, delete):
    rooms.add_command(command)
main.add_command(rooms)
main.add_command(token)
main.add_command(config)
main.add_command(doctor)
