"""`rentomatic backup`, `backups` and `restore`."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import click
from sqlalchemy import URL, Engine

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.settings.settings import Settings
from rentomatic.terminal_text import aligned
from rentomatic_postgres.backup.archives import Contents, read_archive
from rentomatic_postgres.backup.client_programs import programs, programs_of
from rentomatic_postgres.backup.dump import make_backup, read_contents
from rentomatic_postgres.backup.files import (
    Backup,
    creation_time,
    digest,
    find_backup,
    list_backups,
    locked,
    prune,
)
from rentomatic_postgres.backup.photos import (
    count_photos,
    prune_photos,
    restore_photos,
    verify_photos,
)
from rentomatic_postgres.backup.restore import replace
from rentomatic_postgres.connections import owner_engine, owner_url
from rentomatic_postgres.errors import translate_errors
from rentomatic_postgres.execute import optimize
from rentomatic_postgres.schema import history, revisions
from rentomatic_postgres.schema.lock import migration_lock
from rentomatic_postgres.schema.roles import set_up_role

LoadSettings = Callable[[], Settings]
HEADINGS = ("name", "created", "bytes", "revision", "rooms", "photos", "valid")
SIDES = "<<><>><"


@click.command()
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    help="Number of newest backups to keep; delete the others.",
)
@click.pass_obj
def backup(load: LoadSettings, keep: int | None) -> None:
    """Back up the PostgreSQL database to a file, and the photos, and verify them.

    The backup is a consistent snapshot; searches and writes can continue.
    """
    settings = load()
    url, folder = owner_url(settings), Path(settings.backups)
    with owner_engine(url) as engine, translate_errors(), _lock(engine):
        _back_up(url, settings)
    if keep:
        _prune(folder, str(url.database), keep)


@click.command()
@click.pass_obj
def backups(load: LoadSettings) -> None:
    """List the backups, newest first, and verify them."""
    settings = load()
    owner_url(settings)
    # Backups share copies of photos, which are read once.
    verify = partial(verify_photos, digest=cache(digest))
    rows = [_row(each, programs(), verify) for each in list_backups(Path(settings.backups))]
    for line in aligned([HEADINGS, *rows], SIDES):
        click.echo(line, nl=False)


@click.command()
@click.argument("name", metavar="NAME|FILE")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--backup/--no-backup", default=True, help="Back up the database first.")
@click.pass_obj
def restore(load: LoadSettings, name: str, yes: bool, backup: bool) -> None:
    """Replace the contents of the database with a backup, in one transaction.

    Before, photos of the backup that RENTOMATIC_PHOTO_FOLDER does not have are copied there.

    Searches and writes can continue; they wait while the tables are locked.
    """
    settings = load()
    url, folder = owner_url(settings), Path(settings.backups)
    file = find_backup(folder, name)
    with owner_engine(url) as engine, translate_errors():
        with engine.connect() as connection:
            current = read_contents(connection, settings.lock_timeout)
            client_programs = programs_of(connection)
        restored = read_archive(file, client_programs)
        _check(file, restored)
        verify_photos(file)
        if not yes:
            _confirm(file, current, restored)
        with _lock(engine):
            if backup and current != Contents(None, None):
                _back_up(url, settings)
            restore_photos(file, _photo_folder(settings))
            replace(url, file, client_programs, settings.lock_timeout)
        _print_restored(file, restored)
        if settings.application_user:
            set_up_role(url, settings.application_user, None, settings.limits)
        optimize(engine)


def _back_up(url: URL, settings: Settings) -> None:
    folder, photos = Path(settings.backups), _photo_folder(settings)
    file, contents = make_backup(url, folder, photos, settings.lock_timeout)
    size = f"{file.stat().st_size:,} bytes"
    click.echo(f"Backed up {file}: {size}, {_rooms(contents)}{_photos(file)}")


def _photo_folder(settings: Settings) -> Path | None:
    return Path(settings.photo_folder) if settings.photo_folder else None


def _prune(folder: Path, database: str, keep: int) -> None:
    with locked(folder):
        for file in prune(folder, database, keep):
            click.echo(f"Removed {file}")
        prune_photos(folder)


def _lock(engine: Engine) -> AbstractContextManager[None]:
    # Without the lock, the snapshot would see the new tables of a migration or restore as empty.
    return migration_lock(engine, revisions.LOCK_TIMEOUT_SECONDS)


def _check(file: Path, contents: Contents) -> None:
    """Raise InvalidRequest if this version of the code cannot use the backup."""
    if contents.rooms is None:
        raise InvalidRequest([Problem(file.name, "must contain a table of rooms")])
    if not history.is_known(contents.revision):
        message = f"is at {contents.revision}, a revision of a newer version"
        raise InvalidRequest([Problem(file.name, message)])


def _confirm(file: Path, current: Contents, restored: Contents) -> None:
    created = creation_time(file)
    age = datetime.now(UTC) - created
    click.confirm(
        f"The database contains {_rooms(current)}. Replace it with {file.name}, which is"
        f" {age.days} days and {age.seconds // 3600} hours old ({created:%Y-%m-%d %H:%M} UTC)"
        f" and contains {_rooms(restored)}?",
        abort=True,
        err=True,
    )


def _print_restored(file: Path, contents: Contents) -> None:
    at = contents.revision or "no revision"
    click.echo(f"Restored {file}: {_rooms(contents)}{_photos(file)}, at {at}")
    if contents.revision != history.head():
        click.echo(f"The newest revision is {history.head()}: run rentomatic db migrate")


def _rooms(contents: Contents) -> str:
    return "no table of rooms" if contents.rooms is None else f"{contents.rooms:,} rooms"


def _photos(file: Path) -> str:
    number = count_photos(file)
    return "" if number is None else f", {number:,} photos"


def _row(each: Backup, client_programs: Path, verify: Callable[[Path], None]) -> tuple[str, ...]:
    rooms, photos, valid = "", "", "no"
    with suppress(InvalidRequest):
        contents = read_archive(each.file, client_programs)
        rooms = f"{contents.rooms:,}" if contents.rooms is not None else ""
        number = count_photos(each.file)
        photos = f"{number:,}" if number is not None else ""
        verify(each.file)
        valid = "yes"
    size = f"{each.file.stat().st_size:,}"
    created = f"{each.created:%Y-%m-%dT%H:%M:%SZ}"
    return each.file.name, created, size, each.revision, rooms, photos, valid
