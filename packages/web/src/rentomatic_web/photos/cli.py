"""`rentomatic photos`."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.connect import scheme
from rentomatic.settings.settings import Settings, open_storage
from rentomatic_web.photos.store import clean, digests, kept_digests

DEFAULT_DAYS = 7


@click.group()
def photos() -> None:
    """Manage the photos in RENTOMATIC_PHOTO_FOLDER."""


@photos.command("clean")
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=DEFAULT_DAYS,
    show_default=True,
    help="Days for which a photo stays after this command has first found it unused.",
)
@click.pass_obj
def clean_photos(load: Callable[[], Settings], days: int) -> None:
    """Remove photos that no room has.

    The command marks unused photos, and removes those that it marked days ago and that are still
    unused. Run it daily by a timer.
    """
    settings = load()
    folder = _folder(settings)
    unused = digests(folder)
    with closing(open_storage(settings)) as storage:
        for room in storage.rooms.scan():
            unused.difference_update(kept_digests(room))
    cleaned = clean(folder, unused, days)
    click.echo(f"Removed {cleaned.removed:,} photos; {cleaned.unused:,} others are unused")


def _folder(settings: Settings) -> Path:
    problems = []
    if scheme(settings.repository) == "memory":
        message = "must not be memory://, whose rooms this command cannot see"
        problems.append(Problem("RENTOMATIC_REPOSITORY", message))
    if not settings.photo_folder:
        problems.append(Problem("RENTOMATIC_PHOTO_FOLDER", "must be set"))
    elif not Path(settings.photo_folder).is_dir():
        message = f"There is no folder {settings.photo_folder}"
        problems.append(Problem("RENTOMATIC_PHOTO_FOLDER", message))
    if problems:
        raise InvalidRequest(problems)
    return Path(settings.photo_folder)
