"""Imports over HTTP: the body is a file, which is read while its rooms are saved."""

import io
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import UnsupportedMediaType

from rentomatic.domain.tokens import Action
from rentomatic.errors import ImportRejected, RepositoryUnavailable
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import ImportOptions, parse_import
from rentomatic.imports.prices import Money
from rentomatic.imports.profiles import with_profile
from rentomatic.imports.reading import open_rows
from rentomatic.imports.rows import Row
from rentomatic.responses import ImportReport
from rentomatic.serializers.reports import report_to_dict
from rentomatic.use_cases.imports import import_rooms
from rentomatic_web.api.bodies import discard, limited
from rentomatic_web.api.openapi.operations import BODIES, json, operation
from rentomatic_web.api.openapi.parameters import IMPORT
from rentomatic_web.context import current
from rentomatic_web.metrics.metrics import OUTCOMES
from rentomatic_web.middleware.access import policy

MEDIA_TYPES = {row_format.media_type: name for name, row_format in ROW_FORMATS.items()}
BODY = {media_type: {"schema": BODIES[name]} for media_type, name in MEDIA_TYPES.items()}
ADVICE = ": `rentomatic rooms import` takes any number"

bp = Blueprint("imports", __name__)
log = logging.getLogger(__name__)


@bp.post("/rooms/import")
@policy(Action.IMPORT)
@operation("Imports", json("ImportReport"), tuple(IMPORT), (), (400, 415, 422), body=BODY)
def import_() -> dict[str, object]:
    """Import the rooms of the body: all or none by default, or all valid rows.

    `feature_<word>=<column>` adds a feature to rooms whose cell in the column says yes.
    """
    name = _format()
    options = import_options([*request.args.items(multi=True), *_charset()], name)
    began = time.monotonic()
    with limited(current().settings.import_limit, ADVICE):
        reading = open_rows(_body(), name, options)
        report = run_import(reading, options, began)
        return report_to_dict(report, reading.reasons, reading.facts)


def import_options(parameters: Iterable[tuple[str, str]], format_: str) -> ImportOptions:
    """Parse the parameters of an import, with those of its profile and of the settings."""
    settings = current().settings
    money = Money(settings.currency, settings.rental_period)
    return parse_import(with_profile(parameters, settings.profiles), format_, money)


def run_import(rows: Iterable[Row], options: ImportOptions, began: float) -> ImportReport:
    """Import the rows within the request timeout, and count them in metrics and log.

    `began` is the time.monotonic() at which the file was opened.
    """
    timeout = current().settings.import_timeout
    left = max(0.0, began + timeout - time.monotonic())
    with _timeout_named(timeout, began), _rejection_counted(options):
        report = import_rooms(
            current().exact_rooms, rows, options.all_or_none, options.dry_run, left, options.mirror
        )
    _count(report, options)
    return report


@bp.after_request
def discard_body(response: Response) -> Response:
    """Read the rest of the body: otherwise Nginx can lose the response."""
    discard(current().settings.import_limit)
    return response


def _body() -> io.BufferedReader:
    # Stored in g: garbage collection of the reader would close the body.
    if "body" not in g:
        g.body = io.BufferedReader(cast(io.RawIOBase, request.stream))
    return cast(io.BufferedReader, g.body)


def _format() -> str:
    """Return the format of the body, or raise UnsupportedMediaType."""
    if request.mimetype not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"The body must be one of {', '.join(MEDIA_TYPES)}")
    if request.content_encoding not in (None, "identity"):
        raise UnsupportedMediaType("The body must not be compressed")
    return MEDIA_TYPES[request.mimetype]


def _charset() -> list[tuple[str, str]]:
    """Return the charset of the body as the option, unless the query has it."""
    charset = request.mimetype_params.get("charset")
    return [("encoding", charset)] if charset and "encoding" not in request.args else []


def _count(report: ImportReport, options: ImportOptions) -> None:
    if options.dry_run:
        return
    counts = {outcome: getattr(report, outcome) for outcome in OUTCOMES}
    current().metrics.record_import(counts)
    log.info("import", extra={f"rows_{outcome}": count for outcome, count in counts.items()})


@contextmanager
def _rejection_counted(options: ImportOptions) -> Iterator[None]:
    """Count the rows that made an all-or-none import fail."""
    try:
        yield
    except ImportRejected as error:
        _count(ImportReport(rejected=error.count), options)
        raise


@contextmanager
def _timeout_named(seconds: int, began: float) -> Iterator[None]:
    """Name the timeout of the import in the error, if it is the reason."""
    try:
        yield
    except RepositoryUnavailable as error:
        if time.monotonic() - began < seconds:
            raise
        message = f"The import takes longer than {seconds} s"
        raise RepositoryUnavailable(message) from error
