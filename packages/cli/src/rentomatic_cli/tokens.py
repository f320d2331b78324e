"""`rentomatic token`."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import click

from rentomatic.domain.tokens import Role, Token, new_token
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.connect import scheme
from rentomatic.repository.protocols import Storage, Tokens
from rentomatic.requests.tokens import parse_expiry, parse_name
from rentomatic.settings.settings import Settings, open_owner_storage, open_storage
from rentomatic.terminal_text import aligned
from rentomatic_cli.commands import LoadSettings

HEADINGS = ("name", "role", "created", "expires", "expired")


@click.group()
def token() -> None:
    """Create, list and revoke API tokens."""


@token.command()
@click.argument("name")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="An editor may read, edit and import rooms; an importer may read and import rooms.",
)
@click.option(
    "--expires",
    metavar="WHEN",
    help="Number of days, such as 90d, or an ISO 8601 date or time. Default: never.",
)
@click.pass_obj
def new(load: LoadSettings, name: str, role: str, expires: str | None) -> None:
    """Create a token and print it.

    NAME identifies the token in lists and logs. The printed token contains a secret and cannot be
    shown again: save it now.

    The default time zone of WHEN is UTC. A date means 00:00 on that day.

    \b
    Examples:
      rentomatic token new ann --role editor
      rentomatic token new nightly --role importer --expires 2030-01-31T18:00Z
    """
    now = datetime.now(UTC).replace(microsecond=0)
    end = parse_expiry(expires, now) if expires is not None else None
    created, text = new_token(name, Role(role), now, end)
    with _open_tokens(load, open_owner_storage) as tokens:
        tokens.add(created)
    click.echo(text)
    until = f"until {_format_time(end)}" if end else "until it is revoked"
    click.echo(f"The token {name} is valid {until}. It is not shown again.", err=True)


@token.command("list")
@click.pass_obj
def list_tokens(load: LoadSettings) -> None:
    """List all tokens without their secrets."""
    now = datetime.now(UTC)
    with _open_tokens(load, open_storage) as tokens:
        rows = [HEADINGS, *(_row(each, now) for each in tokens.list())]
    for line in aligned(rows, "<" * len(HEADINGS)):
        click.echo(line, nl=False)


@token.command()
@click.argument("name")
@click.pass_obj
def revoke(load: LoadSettings, name: str) -> None:
    """Revoke a token.

    Deletes the token NAME. The API rejects it from now on.
    """
    with _open_tokens(load, open_owner_storage) as tokens:
        tokens.revoke(parse_name(name))
    click.echo(f"The token {name} is revoked")


@contextmanager
def _open_tokens(load: LoadSettings, open_: Callable[[Settings], Storage]) -> Iterator[Tokens]:
    settings = load()
    if scheme(settings.repository) == "memory":
        message = "must not be memory://, which loses its tokens when this command ends"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])
    with closing(open_(settings)) as storage:
        yield storage.tokens


def _row(each: Token, now: datetime) -> tuple[str, ...]:
    expired = each.expires is not None and each.expires <= now
    expires = _format_time(each.expires) if each.expires else "never"
    return each.name, each.role, _format_time(each.created), expires, "yes" if expired else "no"


def _format_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
