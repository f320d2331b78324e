"""`rentomatic config`."""

from collections.abc import Callable

import click

from rentomatic.settings.settings import Settings, open_storage
from rentomatic.terminal_text import printable


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
@click.pass_obj
def show(load: Callable[[], Settings]) -> None:
    """Print every setting as it is in force, without secrets."""
    settings = load()
    open_storage(settings).close()  # refuses a URL that no adapter takes
    for name, value in settings.masked().items():
        click.echo(f"{name}={printable(value)}")
