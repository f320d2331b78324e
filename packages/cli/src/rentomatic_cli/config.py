"""`rentomatic config`."""

import click

from rentomatic.settings.settings import open_storage
from rentomatic.terminal_text import printable
from rentomatic_cli.commands import LoadSettings


@click.group()
def config() -> None:
    """Show the configuration."""


@config.command()
@click.pass_obj
def show(load: LoadSettings) -> None:
    """Print all settings in effect, with secrets masked."""
    settings = load()
    open_storage(settings).close()  # raises InvalidRequest for a URL that no adapter supports
    for name, value in settings.masked().items():
        click.echo(f"{name}={printable(value)}")
