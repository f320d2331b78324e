"""The `rentomatic` command."""

import os

import click

from rentomatic import __version__
from rentomatic.settings.settings import load
from rentomatic_cli.commands import CommandGroup
from rentomatic_cli.config import config
from rentomatic_cli.doctor import doctor
from rentomatic_cli.editing import add, delete, edit
from rentomatic_cli.importing import import_
from rentomatic_cli.places import places
from rentomatic_cli.positions import positions
from rentomatic_cli.rooms import rooms
from rentomatic_cli.tokens import token


@click.group(cls=CommandGroup)
@click.version_option(__version__, prog_name="rentomatic")
@click.pass_context
def main(context: click.Context) -> None:
    """Search and manage rooms to rent.

    Settings are read from environment variables and a configuration file; see docs/settings.md.
    """
    # A function, so that --help works with invalid settings.
    context.obj = lambda: load(os.environ)


for command in (add, edit, delete, import_, positions):
    rooms.add_command(command)
for command in (rooms, places, token, config, doctor):
    main.add_command(command)
