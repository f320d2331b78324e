"""`rentomatic backups`: which there are, and whether they can be read."""

from collections.abc import Callable
from pathlib import Path

import click

from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import Settings
from rentomatic.terminal_text import aligned
from rentomatic_postgres.backup.archives import read_archive
from rentomatic_postgres.backup.client_programs import programs
from rentomatic_postgres.backup.files import Backup, list_backups
from rentomatic_postgres.cli import owner_url

Load = Callable[[], Settings]
HEADINGS = ("name", "made", "bytes", "revision", "rooms", "readable")
SIDES = "<<><><"


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


def _row(each: Backup, reader: Path) -> tuple[str, ...]:
    try:
        contents = read_archive(each.file, reader)
    except InvalidRequest:
        rooms, readable = "", "no"
    else:
        rooms, readable = f"{contents.rooms:,}" if contents.rooms is not None else "", "yes"
    size = f"{each.file.stat().st_size:,}"
    return each.file.name, f"{each.made:%Y-%m-%dT%H:%M:%SZ}", size, each.revision, rooms, readable
