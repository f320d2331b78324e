"""`rentomatic token`: new, list and revoke."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import click

from rentomatic.domain.tokens import Role, Token, new_token
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.connect import scheme
from rentomatic.repository.protocols import Storage, Tokens
from rentomatic.requests.tokens import parse_end, parse_name
from rentomatic.settings.settings import Settings, open_owner_storage, open_storage
from rentomatic.terminal_text import aligned

Load = Callable[[], Settings]
HEADINGS = ("name", "role", "created", "expires", "expired")


@click.group()
def token() -> None:
    """Make, list and revoke the tokens of those who may write."""


@token.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--expires", metavar="WHEN", help="Such as 90d or 2030-01-31T18:00Z.")
@click.pass_obj
def new(load: Load, name: str, role: str, expires: str | None) -> None:
    """Make a token called NAME, and print it: it is shown this once.

    WHEN is a number of days, or a date or time of ISO 8601, in UTC unless it says otherwise; a
    date ends the token as the day begins. Without it the token holds until it is revoked.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    end = parse_end(expires, now) if expires is not None else None
    made, text = new_token(name, Role(role), now, end)
    with _tokens(load, open_owner_storage) as tokens:
        tokens.add(made)
    click.echo(text)
    until = f"until {_time(end)}" if end else "until it is revoked"
    click.echo(f"The token {name} holds {until}. It is not shown again.", err=True)


@token.command("list")
@click.pass_obj
def list_tokens(load: Load) -> None:
    """List every token."""
    now = datetime.now(UTC)
    with _tokens(load, open_storage) as tokens:
        rows = [HEADINGS, *(_row(each, now) for each in tokens.list())]
    for line in aligned(rows, "<" * len(HEADINGS)):
        click.echo(line, nl=False)


@token.command()
@click.argument("name")
@click.pass_obj
def revoke(load: Load, name: str) -> None:
    """Forget the token called NAME: from now on it proves nothing."""
    with _tokens(load, open_owner_storage) as tokens:
        tokens.revoke(parse_name(name))
    click.echo(f"The token {name} is revoked")


@contextmanager
def _tokens(load: Load, open_: Callable[[Settings], Storage]) -> Iterator[Tokens]:
    """Yield the tokens of a storage that outlives this command."""
    settings = load()
    if scheme(settings.repository) == "memory":
        message = "Is memory://, which would forget tokens as soon as this command ends"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])
    with closing(open_(settings)) as storage:
        yield storage.tokens


def _row(each: Token, now: datetime) -> tuple[str, ...]:
    expired = each.expires is not None and each.expires <= now
    expires = _time(each.expires) if each.expires else "never"
    return each.name, each.role, _time(each.created), expires, "yes" if expired else "no"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
