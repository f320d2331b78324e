"""`rentomatic places`, and the option --place."""

from collections.abc import Iterable, Iterator

import click

from rentomatic.domain.places import FoundPlace
from rentomatic.repository.gazetteer import Gazetteer, open_gazetteer
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.places import DEFAULT_PLACES, MAX_PLACES, parse_places
from rentomatic.terminal_text import aligned
from rentomatic.use_cases.places import find_places, meant_place
from rentomatic_cli.commands import LoadSettings, open_rooms

COLUMNS = ("id", "place", "found", "population")
ALIGNMENT = ("<", "<", "<", ">")


@click.command()
@click.argument("text")
@click.option(
    "--limit",
    default=str(DEFAULT_PLACES),
    show_default=True,
    metavar="N",
    help=f"Maximum number of places, from 1 to {MAX_PLACES}.",
)
@click.pass_obj
def places(load: LoadSettings, text: str, limit: str) -> None:
    """Find places by name.

    TEXT has words of a name or their beginnings and, after a comma, a region or country:
    "Cambridge, US". The data is from GeoNames (CC BY 4.0).
    """
    wanted = parse_places([("q", text), ("limit", limit)])
    with open_rooms(load) as repository:
        found = find_places(open_gazetteer(), repository, text, wanted.limit)
    click.echo("".join(_table(found)), nl=False)


def place_id(gazetteer: Gazetteer, rooms: RoomRepository, text: str) -> str:
    """Return the id of the place that the value of --place names; an id is returned as it is.

    Raises UsageError with the possible places if there are several or none.
    """
    if text.isascii() and text.isdigit():
        return text
    wanted = parse_places([("q", text)])
    found = find_places(gazetteer, rooms, text, wanted.limit)
    meant = meant_place(found)
    if meant is None:
        choice = f"names several places; use an id:\n{''.join(_table(found)).rstrip()}"
        raise click.UsageError(f"--place {choice if found else f'names no known place: {text}'}")
    return str(meant.place.id)


def _table(found: Iterable[FoundPlace]) -> Iterator[str]:
    rows = [
        (
            str(place.id),
            _label(place.name, place.region, place.country),
            name,
            str(place.population),
        )
        for place, name in found
    ]
    return aligned([COLUMNS, *rows], ALIGNMENT)


def _label(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
