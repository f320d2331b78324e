"""Import a CSV file: upload, preview, run."""

import re
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from rentomatic.domain.room import REQUIRED
from rentomatic.domain.tokens import Action
from rentomatic.errors import ImportRejected, InvalidRequest, RejectedRow
from rentomatic.imports.formats import ROW_FORMATS, peek_csv
from rentomatic.imports.options import COLUMN, ImportOptions, parse_import
from rentomatic.responses import ImportReport
from rentomatic.serializers.reports import rejected_to_csv
from rentomatic.use_cases.imports import until
from rentomatic_web.api.imports import discard_body, run_import
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages import uploads
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.request import current_request

MAX_PREVIEW_ROWS = 5
MAX_COLUMNS = 200
UPLOAD = "pages.upload"
COLUMN_ALIASES = {
    "code": ("id", "uuid", "roomid", "roomcode"),
    "size": ("squaremeters", "squaremetres", "sqm", "m2", "area", "areasqm", "sizem2"),
    "price": ("rent", "cost", "amount", "priceperday", "pricepermonth"),
    "longitude": ("lng", "lon", "long", "x"),
    "latitude": ("lat", "y"),
}
OPTIONS = ("round", "on_error")


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
        return _upload_form("must be chosen")
    name = uploads.save(file, current_request().token.name)
    return redirect(f"/import/preview?{urlencode({'file': name})}", HTTPStatus.SEE_OTHER)


@bp.get("/import/preview")
@policy(Action.IMPORT)
def preview() -> ResponseReturnValue:
    """Show the first rows, the column of each field, and the result of a dry run."""
    owner, name = current_request().token.name, request.args.get("file", "")
    try:
        with uploads.opened(name, owner) as file:
            header, rows = peek_csv(file, MAX_PREVIEW_ROWS)
    except InvalidRequest as error:
        return _unreadable(error)
    if len(header) > MAX_COLUMNS:
        return _upload_form(f"must not have more than {MAX_COLUMNS} columns")
    texts = {**guess_columns(header), **_texts_from(request.args)}
    problems, report = {}, None
    try:
        report = _run(name, owner, texts, dry_run=True)
    except InvalidRequest as error:
        if error.problems[0].parameter == "file":
            return _unreadable(error)
        problems = _by_field(error, texts)
    page = render_template(
        "pages/preview.html",
        file=name,
        header=header,
        rows=rows,
        texts=texts,
        report=report,
        problems=problems,
        labels={COLUMN + field: field.capitalize() for field in REQUIRED},
        query=urlencode({"file": name, **texts}),
    )
    return html(page, HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK)


@bp.post("/import/preview")
@policy(Action.IMPORT)
def run() -> ResponseReturnValue:
    """Import the file with the options of the preview."""
    owner, name = current_request().token.name, request.form.get("file", "")
    texts = _texts_from(request.form)
    query = urlencode({"file": name, **texts})
    try:
        report = _run(name, owner, texts, dry_run=False)
    except InvalidRequest:
        return redirect(f"/import/preview?{query}", HTTPStatus.SEE_OTHER)
    except ImportRejected as error:
        flash(f"{error}.")
        return redirect(f"/import/preview?{query}", HTTPStatus.SEE_OTHER)
    if not report.rejected:  # the download of rejected rows needs the file
        uploads.remove(name)
    text = (
        f"Imported: {report.created} new, {report.updated} changed, "
        f"{report.unchanged} unchanged, {report.rejected} rejected."
    )
    url = f"/import/rejected.csv?{query}" if report.rejected else ""
    flash({"text": text, "url": url, "label": "Rejected rows"}, "link")  # type: ignore[arg-type]
    return redirect("/import", HTTPStatus.SEE_OTHER)


@bp.get("/import/rejected.csv")
@policy(Action.IMPORT)
def rejected() -> Response:
    """Return every rejected row with its problems."""
    owner, name = current_request().token.name, request.args.get("file", "")
    options = _import_options(_texts_from(request.args), dry_run=True)
    deadline = time.monotonic() + current().settings.import_timeout
    # Written completely before the response begins, so that errors still get their own status.
    with ExitStack() as stack, uploads.opened(name, owner) as file:
        csv_file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline=""))
        rows = until(deadline, ROW_FORMATS["csv"].read(file, options))
        csv_file.writelines(rejected_to_csv(row for row in rows if isinstance(row, RejectedRow)))
        csv_file.seek(0)
        response = Response(csv_file, mimetype="text/csv")
        response.call_on_close(stack.pop_all().close)
    response.headers["Content-Disposition"] = 'attachment; filename="rejected.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def guess_columns(header: Iterable[str]) -> dict[str, str]:
    """Guess the column of each field by its name; an unknown column is an empty string."""
    columns: dict[str, str] = {}  # by name in lower case, letters and digits only
    for name in header:
        columns.setdefault(re.sub(r"[^a-z0-9]", "", name.lower()), name)
    names_by_field = {field: (field, *names) for field, names in COLUMN_ALIASES.items()}
    return {
        COLUMN + field: next((columns[name] for name in names if name in columns), "")
        for field, names in names_by_field.items()
    }


def _by_field(error: InvalidRequest, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the problems by form field: the importer names columns of the file."""
    messages = {problem.parameter: problem.message for problem in error.problems}
    by_field = {
        name: messages[column] if column else "must be chosen"
        for name, column in texts.items()
        if column in messages
    }
    others = {name: text for name, text in messages.items() if name not in texts.values()}
    return by_field | others


def _texts_from(values: MultiDict[str, str]) -> dict[str, str]:
    """Return the parameters of an import that the form or the URL has."""
    names = (*OPTIONS, *(COLUMN + field for field in REQUIRED))
    return {name: values[name] for name in names if name in values}


def _import_options(texts: dict[str, str], dry_run: bool) -> ImportOptions:
    pairs = {**texts, "dry_run": "true" if dry_run else "false"}
    # The preview shows the rows that an import with on_error=skip would leave out.
    pairs |= {"on_error": "skip"} if dry_run else {}
    return parse_import(pairs.items(), "csv")


def _run(name: str, owner: str, texts: dict[str, str], dry_run: bool) -> ImportReport:
    options = _import_options(texts, dry_run)
    with uploads.opened(name, owner) as file:
        return run_import(ROW_FORMATS["csv"].read(file, options), options)


def _unreadable(error: InvalidRequest) -> ResponseReturnValue:
    return _upload_form(error.problems[0].message)


def _upload_form(problem: str = "") -> ResponseReturnValue:
    status = HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK
    limit = current().settings.import_limit // 2**20
    return html(render_template("pages/import.html", problem=problem, limit=limit), status)
