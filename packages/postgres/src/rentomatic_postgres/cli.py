"""`rentomatic db`."""

import os
import shutil

import click
from sqlalchemy import URL

from rentomatic.repository.protocols import Limits
from rentomatic.settings.settings import Settings
from rentomatic.terminal_text import printable
from rentomatic_postgres.backup.cli import LoadSettings
from rentomatic_postgres.backup.client_programs import libpq_connection
from rentomatic_postgres.connections import owner_url, parse_url
from rentomatic_postgres.schema import history, revisions
from rentomatic_postgres.schema.database import create_database
from rentomatic_postgres.schema.roles import reset_privileges, set_up_role


@click.group()
def db() -> None:
    """Create, migrate and inspect the PostgreSQL database."""


@db.command()
@click.option("--migrate", "is_migrated", is_flag=True, help="Migrate the database, too.")
@click.pass_obj
def init(load: LoadSettings, is_migrated: bool) -> None:
    """Create the database and the application role, unless they exist."""
    settings = load()
    url = owner_url(settings)
    if create_database(url, settings.maintenance_database):
        click.echo(f"Created the database {url.database}")
    else:
        click.echo(f"The database {url.database} already exists")
    if settings.application_user:
        _set_up_role(url, parse_url(settings.repository), settings.limits)
    if is_migrated:
        _migrate(settings)


@db.command()
@click.pass_obj
def migrate(load: LoadSettings) -> None:
    """Migrate the database to the newest revision."""
    _migrate(load())


def _migrate(settings: Settings) -> None:
    url, name = owner_url(settings), settings.application_user
    before, after = revisions.upgrade(url)
    click.echo(f"Migrated: {printable(before or '(empty)')} -> {after}")
    if name and not reset_privileges(url, name):
        _warn(f"{name} has no privileges on the tables yet: run rentomatic db init")


@db.command()
@click.pass_obj
def status(load: LoadSettings) -> None:
    """Show the revision of the database; exit with 1 unless it is the newest."""
    current, head = revisions.current(owner_url(load())), history.head()
    shown = printable(current or "no revision")
    click.echo(f"The database is at {shown}; the newest revision is {head}")
    if current != head:
        raise SystemExit(1)


@db.command()
@click.argument("message")
@click.pass_obj
def revision(load: LoadSettings, message: str) -> None:
    """Write a migration from the database to the tables in tables.py."""
    path = revisions.revise(owner_url(load()), message)
    click.echo(f"Wrote {path}" if path else "The database equals tables.py: nothing to migrate")


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def psql(load: LoadSettings, arguments: tuple[str, ...]) -> None:
    """Open the database in psql; ARGUMENTS are psql's."""
    target, environ = libpq_connection(owner_url(load()))
    program = shutil.which("psql")
    if not program:
        raise click.ClickException("psql is not on PATH")
    os.execve(program, ["psql", "--dbname", target, *arguments], environ)  # noqa: S606 (no shell)


def _set_up_role(owner: URL, application: URL, limits: Limits) -> None:
    name = application.username or ""
    is_changed = set_up_role(owner, name, application.password, limits)
    click.echo(f"Set up the application role {name}")
    if not is_changed:
        message = f"{owner.username} lacks the privilege to alter {name}"
        _warn(f"{message}: its password and timeouts are unchanged")


def _warn(message: str) -> None:
    click.echo(f"rentomatic: {message}", err=True)
