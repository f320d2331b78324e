"""The top-level command group: commands of other packages, error messages and exit statuses."""

from collections.abc import Callable
from contextlib import closing
from errno import EPIPE
from importlib.metadata import entry_points
from typing import Any, cast

import click

from rentomatic.errors import (
    ImportRejected,
    InvalidRequest,
    ReferenceConflict,
    RentomaticError,
    RepositoryReadOnly,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
    TokenConflict,
    TokenNotFound,
    WithdrawalRefused,
)
from rentomatic.repository.positions import PositionedRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.settings.settings import Settings, open_storage
from rentomatic.terminal_text import printable

GROUP = "rentomatic.commands"

EXIT_STATUSES: dict[type[RentomaticError], int] = {
    ImportRejected: 1,
    WithdrawalRefused: 1,
    InvalidRequest: 2,
    RoomNotFound: 3,
    RoomConflict: 4,
    ReferenceConflict: 4,
    RoomChanged: 4,
    TokenNotFound: 3,
    TokenConflict: 4,
    RepositoryReadOnly: 5,
    RepositoryUnavailable: 5,
}

LoadSettings = Callable[[], Settings]


class CommandGroup(click.Group):
    """A group that also has the commands of entry points, which are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *entry_points(group=GROUP).names])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for point in entry_points(group=GROUP, name=cmd_name):
            return cast(click.Command, point.load())
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; print a RentomaticError and exit with its status."""
        try:
            return super().invoke(ctx)
        except RentomaticError as error:
            # The API hides the cause from its clients; the operator needs it.
            cause = f" ({printable(str(error.__cause__).strip())})" if error.__cause__ else ""
            click.echo(f"rentomatic: {_message(error)}{cause}", err=True)
            raise SystemExit(EXIT_STATUSES[type(error)]) from None
        except click.UsageError as error:
            # The message quotes arguments, which may contain control characters.
            lines = map(printable, error.format_message().split("\n"))
            raise click.UsageError("\n".join(lines), error.ctx) from None
        except OSError as error:
            if error.errno == EPIPE:  # click exits silently if the reader of a pipe is gone
                raise
            raise click.ClickException(printable(error)) from None


def _message(error: RentomaticError) -> str:
    """Return the message, with one line per problem."""
    problems = error.problems if isinstance(error, InvalidRequest) else (error,)
    return "\n".join(printable(problem) for problem in problems)


def open_rooms(load: LoadSettings) -> closing[RoomRepository]:
    """Return the rooms with their exact positions; conditions are about the shown ones."""
    settings = load()
    rooms = open_storage(settings).rooms
    return closing(PositionedRooms(rooms, settings.grid, for_editors=True))
