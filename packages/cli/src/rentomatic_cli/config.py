"""`rentomatic config`."""

from collections.abc import Callable

import click

from rentomatic.repository import connect
from rentomatic.settings import Settings


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
@click.pass_obj
def show(load: Callable[[], Settings]) -> None:
    """Print every setting as it is in force, without secrets."""
    settings = load()
    connect(settings.repository).close()  # refuses a URL that no adapter takes
    for name, value in settings.masked().items():
        click.echo(f"{name}={value}")
