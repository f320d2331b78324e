"""`rentomatic backup` and `restore`: a PostgreSQL database as a file, and back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import URL, Engine

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.settings.settings import Settings
from rentomatic.terminal_text import aligned
from rentomatic_postgres.backup.archives import Contents, read_archive
from rentomatic_postgres.backup.client_programs import programs, programs_of
from rentomatic_postgres.backup.dump import look, make_backup
from rentomatic_postgres.backup.files import Backup, find_backup, list_backups, made, prune
from rentomatic_postgres.backup.restore import replace
from rentomatic_postgres.connections import owner_engine, owner_url
from rentomatic_postgres.errors import translated
from rentomatic_postgres.execute import optimize
from rentomatic_postgres.schema import revisions
from rentomatic_postgres.schema.lock import migration_lock
from rentomatic_postgres.schema.roles import provide

Load = Callable[[], Settings]
HEADINGS = ("name", "made", "bytes", "revision", "rooms", "readable")
SIDES = "<<><><"


@click.command()
@click.option("--keep", type=click.IntRange(min=1), help="Remove all but so many, the oldest.")
@click.pass_obj
def backup(load: Load, keep: int | None) -> None:
    """Write everything that the PostgreSQL database holds to a file.

    It is made beside what goes on, of one moment, and read to its end before it has its name.
    """
    settings = load()
    url, folder = owner_url(settings), Path(settings.backups)
    with owner_engine(url) as engine, translated(), _alone(engine):
        _tell_backup(*make_backup(url, folder, settings.lock_timeout))
    for file in prune(folder, str(url.database), keep) if keep else ():
        click.echo(f"Removed {file}")


@click.command()
@click.argument("name", metavar="NAME|FILE")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--backup/--no-backup", "wanted", default=True, help="Of what is replaced.")
@click.pass_obj
def restore(load: Load, name: str, yes: bool, wanted: bool) -> None:
    """Replace what the database holds by a backup, all of it or nothing.

    What is there is backed up first. Others may go on meanwhile: they see what was there or what
    the backup holds, and wait in between.
    """
    settings = load()
    url, folder = owner_url(settings), Path(settings.backups)
    file = find_backup(folder, name)
    with owner_engine(url) as engine, translated():
        there, chosen = _look(engine, settings.lock_timeout)
        restored = _usable(file, read_archive(file, chosen))
        if not yes:
            _confirm(file, there, restored)
        with _alone(engine):
            if wanted and there != Contents(None, None):
                _tell_backup(*make_backup(url, folder, settings.lock_timeout))
            replace(url, file, chosen, settings.lock_timeout)
        _tell_restored(file, restored)
        _serve_again(settings, url, engine)


@click.command()
@click.pass_obj
def backups(load: Load) -> None:
    """List the backups, the newest first; each is read to its end."""
    settings = load()
    owner_url(settings)
    found = list_backups(Path(settings.backups))
    rows = [_row(each, programs()) for each in found]
    for line in aligned([HEADINGS, *rows], SIDES):
        click.echo(line, nl=False)


def _alone(engine: Engine) -> AbstractContextManager[None]:
    """Keep others from migrating and restoring: a backup would find their new tables empty."""
    return migration_lock(engine, revisions.LOCK_TIMEOUT_SECONDS)


def _look(engine: Engine, lock_seconds: int) -> tuple[Contents, Path]:
    """Return what the database holds, and the programs for its server."""
    with engine.connect() as connection:
        return look(connection, lock_seconds), programs_of(connection)


def _usable(file: Path, contents: Contents) -> Contents:
    """Return what an archive holds, unless this version of the code can do nothing with it."""
    if contents.rooms is None:
        raise InvalidRequest([Problem(file.name, "Has no table of rooms")])
    if not revisions.is_known(contents.revision):
        message = f"Is at {contents.revision}, which a newer version has made"
        raise InvalidRequest([Problem(file.name, message)])
    return contents


def _confirm(file: Path, there: Contents, restored: Contents) -> None:
    moment = made(file)
    age = datetime.now(UTC) - moment
    hours, days = age.seconds // 3600, age.days
    click.confirm(
        f"The database holds {_count(there)}. Replace it by {file.name}, which is {days} days and"
        f" {hours} hours old ({moment:%Y-%m-%d %H:%M} UTC) and holds {_count(restored)}?",
        abort=True,
        err=True,
    )


def _serve_again(settings: Settings, url: URL, engine: Engine) -> None:
    """Give the role that serves its rights on the new tables, and the planner its statistics."""
    if settings.application_user:
        provide(url, settings.application_user, None, settings.limits)
    optimize(engine)


def _tell_backup(file: Path, contents: Contents) -> None:
    click.echo(f"Backed up {file}: {file.stat().st_size:,} bytes, {_count(contents)}")


def _tell_restored(file: Path, contents: Contents) -> None:
    at = contents.revision or "no revision"
    click.echo(f"Restored {file}: {_count(contents)}, at {at}")
    if contents.revision != revisions.head():
        click.echo(f"The newest revision is {revisions.head()}: run rentomatic db migrate")


def _count(contents: Contents) -> str:
    return "no table of rooms" if contents.rooms is None else f"{contents.rooms:,} rooms"


def _row(each: Backup, reader: Path) -> tuple[str, ...]:
    try:
        contents = read_archive(each.file, reader)
    except InvalidRequest:
        rooms, readable = "", "no"
    else:
        rooms, readable = f"{contents.rooms:,}" if contents.rooms is not None else "", "yes"
    size = f"{each.file.stat().st_size:,}"
    return each.file.name, f"{each.made:%Y-%m-%dT%H:%M:%SZ}", size, each.revision, rooms, readable
