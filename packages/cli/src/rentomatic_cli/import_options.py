"""The options of an import on the command line, from their declaration."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from rentomatic.imports.options import OPTIONS, Option
from rentomatic_cli.options import split_pair

Command = TypeVar("Command", bound=Callable[..., Any])
Parameters = list[tuple[str, str]]

DEFAULTS = {"on_error": "skip"}  # over HTTP, abort


def import_options(command: Command) -> Command:
    """Add an option for each declared one."""
    for option in reversed(OPTIONS.values()):
        command = _click_option(option)(command)
    return command


def parameters_of(options: dict[str, Any]) -> Parameters:
    """Convert options to the query parameters of POST /rooms/import."""
    parameters: Parameters = []
    for name, option in OPTIONS.items():
        value = options[name]
        if option.prefix:
            pairs = (split_pair(flag_of(option), option.metavar, text) for text in value)
            parameters += ((option.prefix + key, text) for key, text in pairs)
        elif value is not None and value is not False:
            parameters.append((name, "true" if value is True else value))
    return parameters


def _click_option(option: Option) -> Callable[[Command], Command]:
    if option.is_switch:
        return click.option(flag_of(option), option.name, is_flag=True, help=option.help)
    kind = click.Choice(option.values) if option.values else str
    default = DEFAULTS.get(option.name)
    return click.option(
        flag_of(option),
        option.name,
        type=kind,
        multiple=bool(option.prefix),
        metavar=None if option.values else option.metavar,
        default=default,
        show_default=default is not None,
        help=option.help,
    )


def flag_of(option: Option) -> str:
    return f"--{option.name.replace('_', '-')}"
