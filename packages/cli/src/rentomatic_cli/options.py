"""Options that several commands share, and their conversion to query parameters."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from rentomatic.domain.fields import ADDRESS_PARTS
from rentomatic.domain.room import FIELDS, REQUIRED
from rentomatic.requests.field_values import COLUMNS
from rentomatic.requests.search import NEAR, PREFIX

FORMS = {
    "size": ", empty if unknown",
    "features": ", separated by commas",
    "photos": ": a URL and, after a blank, its alternative text, in each line",
}

Command = TypeVar("Command", bound=Callable[..., Any])


def condition_options(command: Command) -> Command:
    """Add the options that select rooms."""
    for option in (
        click.option(
            "--within",
            metavar="METRES",
            help="Only rooms at most this distance from --place or --near.",
        ),
        click.option(
            "--place",
            metavar="NAME|ID",
            help="Only rooms around this place, such as 'Cambridge, US'; see 'rentomatic places'. "
            "Adds to each room its distance.",
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
            "--q",
            metavar="TEXT",
            help="Only rooms whose title, description, address or features have all these words, "
            "or words that begin with them.",
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
    """Add an option for each column except the code; only optional fields may be missing."""

    def decorate(command: Command) -> Command:
        for name in reversed(COLUMNS):
            if name != "code":
                option = f"--{name.replace('_', '-')}"
                is_required = required and name in REQUIRED
                decorated = click.option(option, required=is_required, help=_help(name))
                command = decorated(command)
        return command

    return decorate


def _help(column: str) -> str:
    if column in ADDRESS_PARTS:
        is_country = column == "country"
        return f"Address: {'country code of ISO 3166-1 alpha-2' if is_country else column}."
    text = FIELDS[column].description
    return f"{text[:1].upper()}{text[1:]}{FORMS.get(column, '')}."


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
