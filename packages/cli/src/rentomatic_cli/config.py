"""`rentomatic config`."""

from collections.abc import Callable

import click

from rentomatic.settings import Settings


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
@click.pass_obj
def show(load: Callable[[], Settings]) -> None:
    """Print every setting as it is in force, without secrets."""
    for name, value in load().masked().items():
        click.echo(f"{name}={value}")
