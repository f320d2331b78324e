"""Import a file: upload, preview, run."""

import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Action
from rentomatic.errors import ImportRejected, InvalidRequest, RejectedRow, WithdrawalRefused
from rentomatic.imports.formats import FORMATS_OF_SUFFIXES, ROW_FORMATS
from rentomatic.imports.guessing import feature_columns
from rentomatic.imports.options import FEATURE
from rentomatic.imports.profiles import profile_names
from rentomatic.imports.rows import Row
from rentomatic.serializers.reports import reasons_to_list, rejected_to_csv
from rentomatic.serializers.rooms import room_to_columns
from rentomatic.use_cases.imports import until
from rentomatic_web.api.imports import discard_body, run_import
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.imports import form as import_form
from rentomatic_web.pages.imports import uploads
from rentomatic_web.pages.imports.file import ImportFile
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.texts.messages import translated
from rentomatic_web.pages.texts.numbers import grouped
from rentomatic_web.pages.texts.translations import gettext
from rentomatic_web.request import current_request

MAX_PREVIEW_ROWS = 5
MAX_COLUMNS = 200
UPLOAD = "pages.upload"


def accept_upload() -> None:
    """Allow a large body for uploads, before the form is parsed."""
    if request.endpoint == UPLOAD:
        uploads.require_folder()
        request.max_content_length = current().settings.import_limit


@bp.after_request
def discard_upload(response: Response) -> Response:
    """Read the rest of a rejected file, because Nginx may miss an early response."""
    return discard_body(response) if request.endpoint == UPLOAD else response


@bp.get("/import")
@policy(Action.IMPORT)
def choose() -> ResponseReturnValue:
    return _upload_form()


@bp.post("/import")
@policy(Action.IMPORT)
def upload() -> ResponseReturnValue:
    """Save the file, and redirect to its preview."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload_form(gettext("must be chosen"))
    name = uploads.save(file, current_request().token.name)
    suffix = Path(file.filename).suffix.removeprefix(".").lower()
    format_ = request.form.get("format") or FORMATS_OF_SUFFIXES.get(suffix, "csv")
    texts = {"file": name, "format": format_}
    profile = request.form.get("profile")
    query = urlencode({**texts, **({"profile": profile} if profile else {})})
    return redirect(f"/import/preview?{query}", HTTPStatus.SEE_OTHER)


@bp.get("/import/preview")
@policy(Action.IMPORT)
def preview() -> ResponseReturnValue:
    """Show how the file is read, its first rooms, and the result of a dry run."""
    file = ImportFile(request.args)
    try:
        table, problems = file.propose()
        if len(table.names) > MAX_COLUMNS:
            return _upload_form(
                gettext("must not have more than %(count)s columns", count=MAX_COLUMNS)
            )
        result = {} if problems else _dry_run(file)
    except InvalidRequest as error:
        return _upload_form(_first_message(error))
    header, columns = table.columns(), import_form.columns()
    controls = import_form.controls(file.format, header)
    problems |= result.pop("problems", {})
    page = render_template(
        "pages/preview.html",
        file=file,
        header=header,
        rows=table.cells(MAX_PREVIEW_ROWS),
        columns=columns,
        controls=controls,
        constants=import_form.constants(file.texts),
        features={FEATURE + word: column for word, column in feature_columns(table).items()},
        problems=problems,
        labels={name: label for name, label, *_ in (*columns, *controls)},
        fact_labels=import_form.FACTS,
        **result,
    )
    return html(page, HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK)


@bp.post("/import/preview")
@policy(Action.IMPORT)
def run() -> ResponseReturnValue:
    """Import the file with the options of the preview."""
    began, file = time.monotonic(), ImportFile(request.form)
    try:
        with file.opened(dry_run=False) as (reading, options):
            report = run_import(reading, options, began)
    except InvalidRequest:
        return redirect(f"/import/preview?{file.query}", HTTPStatus.SEE_OTHER)
    except (ImportRejected, WithdrawalRefused) as error:
        flash(gettext("%(message)s.", message=translated(str(error))))
        return redirect(f"/import/preview?{file.query}", HTTPStatus.SEE_OTHER)
    if not report.rejected:  # the download of rejected rows needs the file
        uploads.remove(file.name)
    text = gettext(
        "Imported: %(created)s new, %(updated)s changed, %(unchanged)s unchanged,"
        " %(rejected)s rejected, %(withdrawn)s withdrawn.",
        created=grouped(report.created),
        updated=grouped(report.updated),
        unchanged=grouped(report.unchanged),
        rejected=grouped(report.rejected),
        withdrawn=grouped(report.withdrawn),
    )
    url = f"/import/rejected.csv?{file.query}" if report.rejected else ""
    link = {"text": text, "url": url, "label": gettext("Rejected rows")}
    flash(link, "link")  # type: ignore[arg-type]
    return redirect("/import", HTTPStatus.SEE_OTHER)


@bp.get("/import/rejected.csv")
@policy(Action.IMPORT)
def rejected() -> Response:
    """Return every rejected row with its cells and its problems."""
    deadline = time.monotonic() + current().settings.import_timeout
    # Written completely before the response begins, so that errors still get their own status.
    with ExitStack() as stack:
        reading, _ = stack.enter_context(ImportFile(request.args).opened(dry_run=True))
        csv_file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline=""))
        rows = (row for row in until(deadline, reading) if isinstance(row, RejectedRow))
        csv_file.writelines(rejected_to_csv(reading.table.names, rows))
        csv_file.seek(0)
        response = Response(csv_file, mimetype="text/csv")
        response.call_on_close(stack.pop_all().close)
    response.headers["Content-Disposition"] = 'attachment; filename="rejected.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _dry_run(file: ImportFile) -> dict[str, Any]:
    """Return the report of a dry run, the first rooms, and how the file was read.

    Or return the problems by control; raises InvalidRequest if the file is invalid.
    """
    first: list[Room] = []

    def noting_first(rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            if isinstance(row, Room) and len(first) < MAX_PREVIEW_ROWS:
                first.append(row)
            yield row

    began = time.monotonic()
    try:
        with file.opened(dry_run=True) as (reading, options):
            report = run_import(noting_first(reading), options, began)
    except InvalidRequest as error:
        if error.problems[0].parameter == "file":
            raise
        return {"problems": import_form.problems_by_field(error, file.texts)}
    rooms = [room_to_columns(room) for room in first]
    names = list(dict.fromkeys(name for room in rooms for name in room))
    return {
        "report": report,
        "room_columns": names,
        "rooms": [[room.get(name, "") for name in names] for room in rooms],
        "facts": reading.facts,
        "reasons": reasons_to_list(reading.reasons),
    }


def _first_message(error: InvalidRequest) -> str:
    parameter, message = error.problems[0]
    shown = translated(message)
    return shown if parameter == "file" else f"{parameter}: {shown}"


def _upload_form(problem: str = "") -> ResponseReturnValue:
    settings = current().settings
    page = render_template(
        "pages/import.html",
        problem=problem,
        limit=settings.import_limit // 2**20,
        formats=list(ROW_FORMATS),
        suffixes=",".join(f".{suffix}" for suffix in FORMATS_OF_SUFFIXES),
        profiles=profile_names(settings.profiles),
    )
    return html(page, HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK)
