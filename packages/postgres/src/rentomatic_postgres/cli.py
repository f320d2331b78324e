"""`rentomatic db`: the commands that only a PostgreSQL database needs."""

import os
import shutil
from collections.abc import Callable

import click
from sqlalchemy import URL

from rentomatic.repository.protocols import Limits
from rentomatic.settings.settings import Settings
from rentomatic.terminal_text import printable
from rentomatic_postgres.backup.client_programs import reach
from rentomatic_postgres.connections import owner_url, parse_url
from rentomatic_postgres.schema import revisions
from rentomatic_postgres.schema.database import create_database
from rentomatic_postgres.schema.roles import provide, renew_rights

Load = Callable[[], Settings]


@click.group()
def db() -> None:
    """Make, migrate and look at the PostgreSQL database."""


@db.command()
@click.pass_obj
def init(load: Load) -> None:
    """Make the database, unless it is there, and the role that serves it, if one is named."""
    settings = load()
    url = owner_url(settings)
    made = create_database(url, settings.maintenance_database)
    click.echo(f"The database {url.database} {'is made' if made else 'already exists'}")
    if settings.application_user:
        _provide(url, parse_url(settings.repository), settings.limits)


@db.command()
@click.pass_obj
def migrate(load: Load) -> None:
    """Bring the database to the newest revision."""
    settings = load()
    url, name = owner_url(settings), settings.application_user
    before, after = revisions.upgrade(url)
    click.echo(f"The database was at {printable(before or 'no revision')}, and is at {after}")
    if name and not renew_rights(url, name):
        message = f"{name} has no rights on the tables yet: run rentomatic db init"
        click.echo(f"rentomatic: {message}", err=True)


@db.command()
@click.pass_obj
def status(load: Load) -> None:
    """Say at which revision the database is; exit with 1 when that is not the newest."""
    current, head = revisions.current(owner_url(load())), revisions.head()
    shown = printable(current or "no revision")
    click.echo(f"The database is at {shown}, and the newest is {head}")
    if current != head:
        raise SystemExit(1)


@db.command()
@click.argument("message")
@click.pass_obj
def revision(load: Load, message: str) -> None:
    """Write a migration to what tables.py says now."""
    path = revisions.revise(owner_url(load()), message)
    click.echo(
        f"Wrote {path}" if path else "The database is what tables.py says: nothing to write"
    )


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def psql(load: Load, arguments: tuple[str, ...]) -> None:
    """Open the database in psql, which gets ARGUMENTS."""
    target, environ = reach(owner_url(load()))
    program = shutil.which("psql")
    if not program:
        raise click.ClickException("psql is not on PATH")
    os.execve(program, ["psql", "--dbname", target, *arguments], environ)  # noqa: S606 (the point)


def _provide(owner: URL, application: URL, limits: Limits) -> None:
    name = application.username or ""
    is_changed = provide(owner, name, application.password, limits)
    click.echo(f"The role {name} serves it")
    if not is_changed:
        message = f"{owner.username} may not change {name}: its password and limits stay"
        click.echo(f"rentomatic: {message}", err=True)
