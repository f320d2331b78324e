"""How commands are found, and how their failures end."""

from errno import EPIPE
from importlib.metadata import entry_points
from typing import Any, cast

import click

from rentomatic.errors import (
    ImportRejected,
    InvalidRequest,
    RentomaticError,
    RepositoryReadOnly,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
    TokenConflict,
    TokenNotFound,
)
from rentomatic.terminal_text import printable

GROUP = "rentomatic.commands"

EXIT_STATUSES: dict[type[RentomaticError], int] = {
    ImportRejected: 1,
    InvalidRequest: 2,
    RoomNotFound: 3,
    RoomConflict: 4,
    RoomChanged: 4,
    TokenNotFound: 3,
    TokenConflict: 4,
    RepositoryReadOnly: 5,
    RepositoryUnavailable: 5,
}


class Commands(click.Group):
    """Our own commands and those of installed adapters, which are loaded when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *entry_points(group=GROUP).names])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for point in entry_points(group=GROUP, name=cmd_name):
            return cast(click.Command, point.load())
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a failure becomes its message and its exit status."""
        try:
            return super().invoke(ctx)
        except RentomaticError as error:
            # Whoever types commands may know what a client of the API must not: why.
            cause = f" ({printable(str(error.__cause__).strip())})" if error.__cause__ else ""
            click.echo(f"rentomatic: {_text(error)}{cause}", err=True)
            raise SystemExit(EXIT_STATUSES[type(error)]) from None
        except click.UsageError as error:
            # It quotes arguments, such as names of files.
            raise click.UsageError(printable(error.format_message()), error.ctx) from None
        except OSError as error:
            if error.errno == EPIPE:  # whoever read our output has seen enough
                raise
            raise click.ClickException(printable(error)) from None


def _text(error: RentomaticError) -> str:
    """Return the message, with a line for each problem."""
    problems = error.problems if isinstance(error, InvalidRequest) else (error,)
    return "\n".join(printable(problem) for problem in problems)
