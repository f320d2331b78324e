"""Options that several commands share, and their conversion to query parameters."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from rentomatic.domain.room import FIELDS
from rentomatic.requests.search import NEAR, PREFIX

Command = TypeVar("Command", bound=Callable[..., Any])


def condition_options(command: Command) -> Command:
    """Add the options that select rooms."""
    for option in (
        click.option(
            "--within", metavar="METRES", help="Only rooms at most this distance from --near."
        ),
        click.option(
            "--near",
            metavar="LONGITUDE,LATITUDE",
            help="Add to each room its distance in metres from this point.",
        ),
        click.option(
            "--bbox",
            metavar="WEST,SOUTH,EAST,NORTH",
            help="Only rooms inside this box, in degrees.",
        ),
        click.option(
            "-f",
            "--filter",
            "filters",
            multiple=True,
            metavar="KEY=VALUE",
            help="Only rooms that match, such as price__lt=60. Repeatable; a room must match all.",
        ),
    ):
        command = option(command)
    return command


def field_options(required: bool) -> Callable[[Command], Command]:
    """Add an option for each field except the code."""

    def decorate(command: Command) -> Command:
        for name, declared in reversed(FIELDS.items()):
            if name != "code":
                text = declared.metadata["description"]
                text = f"{text[:1].upper()}{text[1:]}."
                option = click.option(f"--{name}", required=required, metavar="N", help=text)
                command = option(command)
        return command

    return decorate


def query_parameters(
    filters: Iterable[str], near: str | None, **others: str | None
) -> list[tuple[str, str]]:
    """Convert options to the query parameters of GET /rooms."""
    pairs = (split_pair("--filter", "KEY=VALUE", text) for text in filters)
    parameters = [(PREFIX + key, value) for key, value in pairs]
    if near is not None:
        parameters += _coordinates(near)
    return [*parameters, *((name, value) for name, value in others.items() if value is not None)]


def split_pair(option: str, form: str, text: str) -> tuple[str, str]:
    """Split KEY=VALUE, or raise UsageError."""
    key, separator, value = text.partition("=")
    if not separator:
        raise click.UsageError(f"{option} must be {form}, not {text!r}")
    return key, value


def _coordinates(text: str) -> Iterable[tuple[str, str]]:
    values = text.split(",")
    if len(values) != len(NEAR):
        raise click.UsageError(f"--near must be LONGITUDE,LATITUDE, not {text!r}")
    return zip(NEAR, values, strict=True)
