"""`rentomatic rooms import`."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import click

from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import ImportOptions, parse_import
from rentomatic.imports.prices import Money
from rentomatic.imports.profiles import save_profile, with_profile
from rentomatic.imports.proposals import propose, without_guess
from rentomatic.imports.reading import open_rows
from rentomatic.imports.rows import Row
from rentomatic.responses import ImportReport
from rentomatic.use_cases.imports import import_rooms
from rentomatic_cli.commands import LoadSettings, open_rooms
from rentomatic_cli.import_files import Source, open_source
from rentomatic_cli.import_options import Parameters, import_options, parameters_of
from rentomatic_cli.import_reports import (
    FirstRooms,
    print_proposal,
    print_report,
    print_rooms,
    with_progress,
)

OPTIMIZE_ABOVE = 10_000  # created and updated rooms


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(ROW_FORMATS)),
    help="Format of FILE. Default: from its suffix, otherwise csv.",
)
@click.option(
    "--preview",
    is_flag=True,
    help="Import nothing; show how FILE would be read, with guesses, and the first rooms.",
)
@import_options
@click.option(
    "--save-as",
    metavar="NAME",
    help="Save the options, with --preview also the proposed ones, as a profile.",
)
@click.option(
    "--rejected",
    type=click.File("w", encoding="utf-8", lazy=False),
    metavar="CSV",
    help="Write the rejected rows with their reasons to this file, to correct and import them.",
)
@click.pass_obj
def import_(  # noqa: PLR0913 (an argument for each option that only this command has)
    load: LoadSettings,
    /,
    file: BinaryIO,
    format_name: str | None,
    preview: bool,
    save_as: str | None,
    rejected: Any,
    **options: Any,
) -> None:
    """Import rooms from a file.

    Reads FILE, or standard input if FILE is "-": CSV with any delimiter, Excel, a JSON array,
    NDJSON or GeoJSON; .gz is unpacked. A room with an existing code is updated, any other room is
    added. Rooms of a source without codes need --source and --reference.

    Columns are found by the names of fields: code, size, price, longitude, latitude, and the
    optional ones title, description, kind, features, capacity, min_nights, photos, street,
    postcode, locality, region, country, url, source and reference. Columns with other names are
    ignored, unless --map or --guess is given.

    Invalid rows are listed on standard error, and the exit status is 1 if there are any.

    \b
    Examples:
      rentomatic rooms import offers.csv --preview
      rentomatic rooms import offers.csv --source acme --reference id --map size=surface
      rentomatic rooms import offers.csv --guess --source acme --period month --round
    """
    settings = load()
    money = Money(settings.currency, settings.rental_period)
    with open_source(file, format_name, is_read_twice=preview) as source:
        parameters = with_profile(parameters_of(options), settings.profiles)
        if preview:
            parameters = _with_proposal(source, parameters, money)
        if save_as:
            path = save_profile(settings.profiles, save_as, parameters)
            click.echo(f"saved {path}", err=True)
        parsed = parse_import(parameters, source.format, money)
        reading = open_rows(source.file, source.format, parsed)
        rows = FirstRooms(with_progress(source, reading, rejected, preview))
        report = _import(load, iter(rows), parsed)
    if preview:
        print_rooms(rows.rooms)
    print_report(report, reading)
    if report.rejected:
        raise SystemExit(1)


def _import(load: LoadSettings, rows: Iterator[Row], options: ImportOptions) -> ImportReport:
    with open_rooms(load) as rooms:
        report = import_rooms(
            rooms, rows, options.all_or_none, options.dry_run, mirror=options.mirror
        )
        if report.created + report.updated > OPTIMIZE_ABOVE and not options.dry_run:
            rooms.optimize()
    return report


def _with_proposal(source: Source, given: Parameters, money: Money) -> Parameters:
    """Print the options that a preview proposes; return all options of a dry run."""
    guessing = [*without_guess(given), ("guess", "true")]
    _, proposed = propose(source.file, source.format, parse_import(guessing, source.format, money))
    print_proposal(proposed)
    source.file.seek(0)
    checking = {"on_error": "skip", "dry_run": "true"}
    others = (pair for pair in without_guess(given) if pair[0] not in checking)
    return [*others, *proposed, *checking.items()]
