"""Imports over HTTP: the body is a file, which is read while its rooms are put."""

import io
import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import cast

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, UnsupportedMediaType

from rentomatic.domain.tokens import Action
from rentomatic.errors import ImportRejected, RepositoryUnavailable
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import Import, parse_import
from rentomatic.imports.rows import Row
from rentomatic.responses import ImportReport
from rentomatic.serializers.reports import report_to_dict
from rentomatic.use_cases.imports import import_rooms
from rentomatic_web.api.formats import media_type
from rentomatic_web.metrics.metrics import OUTCOMES, current_metrics
from rentomatic_web.middleware.access import authorize, public
from rentomatic_web.repository import current_rooms

MEDIA_TYPES = {media_type(name): name for name in ROW_FORMATS}
BLOCK = 2**16
CHARSETS = ("utf-8", "us-ascii")

bp = Blueprint("imports", __name__)
log = logging.getLogger(__name__)


@bp.post("/rooms/import")
@public
def import_() -> dict[str, object]:
    """Keep the rooms of the body, all of them or none unless it is asked otherwise."""
    authorize(Action.IMPORT)
    name = _format()
    wanted = parse_import(request.args.items(multi=True), name)
    with _limited(current_app.config["IMPORT_LIMIT"]):
        return report_to_dict(keep(ROW_FORMATS[name].read(_body(), wanted), wanted))


def keep(rows: Iterable[Row], wanted: Import) -> ImportReport:
    """Keep the rooms of rows in time to answer, and count what becomes of them."""
    timeout = current_app.config["IMPORT_PATIENCE"]
    with _in_time(timeout), _refusal_counted(wanted):
        report = import_rooms(current_rooms(), rows, wanted.all_or_none, wanted.dry_run, timeout)
    _count(report, wanted)
    return report


@bp.after_request
def read_to_the_end(response: Response) -> Response:
    """Let go of what is left of the body: Nginx may not hear an answer while it sends on."""
    ends_early = (RequestEntityTooLarge, ClientDisconnected, OSError)
    with suppress(*ends_early), _limited(current_app.config["IMPORT_LIMIT"]):
        while _body().read(BLOCK):
            pass
    return response


def _body() -> io.BufferedReader:
    # Kept until the answer is made: a reader that nobody needs any more closes the body.
    if "body" not in g:
        g.body = io.BufferedReader(cast(io.RawIOBase, request.stream))
    return cast(io.BufferedReader, g.body)


def _format() -> str:
    """Return the format that the body is in, or raise UnsupportedMediaType."""
    if request.mimetype not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"Rooms are imported from {', '.join(MEDIA_TYPES)}")
    if request.content_encoding not in (None, "identity"):
        raise UnsupportedMediaType("The body may not be compressed")
    if request.mimetype_params.get("charset", CHARSETS[0]).lower() not in CHARSETS:
        raise UnsupportedMediaType("The body has to be in UTF-8")
    return MEDIA_TYPES[request.mimetype]


def _count(report: ImportReport, wanted: Import) -> None:
    """Count what has become of every row, in the metrics and in a line of the log."""
    if wanted.dry_run:
        return
    counts = {outcome: getattr(report, outcome) for outcome in OUTCOMES}
    current_metrics().imported(counts)
    log.info("import", extra={f"rows_{outcome}": count for outcome, count in counts.items()})


@contextmanager
def _refusal_counted(wanted: Import) -> Iterator[None]:
    """Count the rows that have stopped an import of all or none."""
    try:
        yield
    except ImportRejected as error:
        _count(ImportReport(rejected=error.count), wanted)
        raise


@contextmanager
def _in_time(seconds: int) -> Iterator[None]:
    """Say so when it is the time that has run out, and not the rooms that are out of reach."""
    began = time.monotonic()
    try:
        yield
    except RepositoryUnavailable as error:
        if time.monotonic() - began < seconds:
            raise
        message = f"The import takes longer than {seconds} s"
        raise RepositoryUnavailable(message) from error


@contextmanager
def _limited(size: int) -> Iterator[None]:
    """Let the body have that many bytes, instead of those that any other may have."""
    request.max_content_length = size
    try:
        yield
    except RequestEntityTooLarge:
        raise RequestEntityTooLarge(
            f"The body is larger than {size} bytes: `rentomatic rooms import` takes any number"
        ) from None
