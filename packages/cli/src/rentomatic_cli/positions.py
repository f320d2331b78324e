"""`rentomatic rooms positions`."""

from contextlib import closing

import click

from rentomatic.settings.settings import open_storage
from rentomatic.use_cases.positions import Progress, place_rooms
from rentomatic_cli.commands import LoadSettings

REPORT_EVERY = 10_000  # rooms


@click.command()
@click.option("--new-key", is_flag=True, help="Allow another key than that of the stored rooms.")
@click.pass_obj
def positions(load: LoadSettings, new_key: bool) -> None:
    """Store all rooms as RENTOMATIC_POSITIONS says.

    Run it after a change of the setting, and again after the last server has the new one. The
    rooms can be read and changed meanwhile. After an interruption, the command changes the rest.
    """
    settings = load()
    progress = Progress()
    with closing(open_storage(settings).rooms) as rooms:
        for progress in place_rooms(rooms, settings.grid, new_key):
            if progress.compared % REPORT_EVERY == 0:
                click.echo(f"{progress.compared:,} rooms", err=True)
        if progress.changed:
            rooms.optimize()
    click.echo(
        f"Changed {progress.changed:,} of {progress.compared:,} rooms;"
        f" positions are {settings.positions}"
    )
