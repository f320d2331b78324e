"""Rooms imported from a CSV file: chosen, looked at, then done."""

import re
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Unauthorized

from rentomatic.domain.room import FIELDS
from rentomatic.domain.tokens import Action
from rentomatic.errors import ImportRejected, InvalidRequest, RejectedRow
from rentomatic.imports.formats import ROW_FORMATS, peek_csv
from rentomatic.imports.options import COLUMN, Import, parse_import
from rentomatic.responses import ImportReport
from rentomatic.serializers.reports import rejected_to_csv
from rentomatic.use_cases.imports import until
from rentomatic_web.api.imports import keep, read_to_the_end
from rentomatic_web.middleware.access import authorize, permit, public
from rentomatic_web.pages import session, uploads
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.session import require, visitor

SHOWN = 5  # rows
MOST_COLUMNS = 200
UPLOAD = "pages.upload"
OTHER_NAMES = {
    "code": ("id", "uuid", "roomid", "roomcode"),
    "size": ("squaremeters", "squaremetres", "sqm", "m2", "area", "areasqm", "sizem2"),
    "price": ("rent", "cost", "amount", "priceperday", "pricepermonth"),
    "longitude": ("lng", "lon", "long", "x"),
    "latitude": ("lat", "y"),
}
OPTIONS = ("round", "on_error")


def permit_upload() -> None:
    """Accept a large body from visitors who may import, before it is parsed."""
    require(Action.IMPORT)
    uploads.require_folder()
    request.max_content_length = current_app.config["IMPORT_LIMIT"]


session.BEFORE_FORM[UPLOAD] = permit_upload


@bp.after_request
def drain(response: Response) -> Response:
    """Let go of what is left of a file that was refused."""
    return read_to_the_end(response) if request.endpoint == UPLOAD else response


@bp.get("/import")
def choose() -> ResponseReturnValue:
    """Ask for a file."""
    require(Action.IMPORT)
    return _chooser()


@bp.post("/import")
def upload() -> ResponseReturnValue:
    """Keep the file until it is imported, and show what is in it."""
    token = require(Action.IMPORT)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _chooser("Is missing: choose a file")
    name = uploads.keep(file, token.name)
    return redirect(f"/import/preview?{urlencode({'file': name})}", HTTPStatus.SEE_OTHER)


@bp.get("/import/permission")
@public
def permission() -> Response:
    """Tell Nginx by the status whether it may accept a large body: 204, 401 or 403."""
    if request.authorization:
        authorize(Action.IMPORT)
    elif token := visitor():
        permit(token, Action.IMPORT)
    else:
        raise Unauthorized
    return Response(status=HTTPStatus.NO_CONTENT)


@bp.get("/import/preview")
def preview() -> ResponseReturnValue:
    """Show the first rows, which column is what, and what would come of the import."""
    owner, name = require(Action.IMPORT).name, request.args.get("file", "")
    try:
        with uploads.opened(name, owner) as file:
            header, rows = peek_csv(file, SHOWN)
    except InvalidRequest as error:
        return _unreadable(error)
    if len(header) > MOST_COLUMNS:
        return _chooser(f"Has more than {MOST_COLUMNS} columns")
    chosen = {**guessed(header), **_options(request.args)}
    problems, report = {}, None
    try:
        report = _run(name, owner, chosen, dry_run=True)
    except InvalidRequest as error:
        if error.problems[0].parameter == "file":
            return _unreadable(error)
        problems = _by_field(error, chosen)
    page = render_template(
        "pages/preview.html",
        file=name,
        header=header,
        rows=rows,
        chosen=chosen,
        report=report,
        problems=problems,
        labels={COLUMN + field: field.capitalize() for field in FIELDS},
        query=urlencode({"file": name, **chosen}),
    )
    return html(page, HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK)


@bp.post("/import/preview")
def run() -> ResponseReturnValue:
    """Import the file as it was shown."""
    owner, name = require(Action.IMPORT).name, request.form.get("file", "")
    chosen = _options(request.form)
    query = urlencode({"file": name, **chosen})
    try:
        report = _run(name, owner, chosen, dry_run=False)
    except InvalidRequest:
        return redirect(f"/import/preview?{query}", HTTPStatus.SEE_OTHER)
    except ImportRejected as error:
        flash(f"{error}.")
        return redirect(f"/import/preview?{query}", HTTPStatus.SEE_OTHER)
    if not report.rejected:  # rejected rows are read from the file
        uploads.remove(name)
    text = (
        f"Imported: {report.created} new, {report.updated} changed, "
        f"{report.unchanged} as they were, {report.rejected} rejected."
    )
    url = f"/import/rejected.csv?{query}" if report.rejected else ""
    flash({"text": text, "url": url, "label": "Rejected rows"}, "link")  # type: ignore[arg-type]
    return redirect("/import", HTTPStatus.SEE_OTHER)


@bp.get("/import/rejected.csv")
def rejected() -> Response:
    """Answer with every row that cannot be read, and why."""
    owner, name = require(Action.IMPORT).name, request.args.get("file", "")
    wanted = _wanted(_options(request.args), dry_run=True)
    deadline = time.monotonic() + current_app.config["IMPORT_PATIENCE"]
    # All of it is written before the response begins, so that any failure has its status.
    with ExitStack() as stack, uploads.opened(name, owner) as file:
        texts = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline=""))
        rows = until(deadline, ROW_FORMATS["csv"].read(file, wanted))
        texts.writelines(rejected_to_csv(row for row in rows if isinstance(row, RejectedRow)))
        texts.seek(0)
        response = Response(texts, mimetype="text/csv")
        response.call_on_close(stack.pop_all().close)
    response.headers["Content-Disposition"] = 'attachment; filename="rejected.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def guessed(header: Iterable[str]) -> dict[str, str]:
    """Return which column is likely to hold each field, as parameters of an import."""
    plain: dict[str, str] = {}
    for name in header:
        plain.setdefault(re.sub(r"[^a-z0-9]", "", name.lower()), name)
    likely = {field: (field, *others) for field, others in OTHER_NAMES.items()}
    return {
        COLUMN + field: next((plain[name] for name in names if name in plain), "")
        for field, names in likely.items()
    }


def _by_field(error: InvalidRequest, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong by the field of the form that it is about."""
    messages = {problem.parameter: problem.message for problem in error.problems}
    found = {
        name: messages[column] if column else "Has not been chosen"
        for name, column in chosen.items()
        if column in messages
    }
    columns = chosen.values()
    return found | {name: text for name, text in messages.items() if name not in columns}


def _options(given: MultiDict[str, str]) -> dict[str, str]:
    """Return what was chosen of an import, by the API's own names."""
    names = (*OPTIONS, *(COLUMN + field for field in FIELDS))
    return {name: given[name] for name in names if name in given}


def _wanted(chosen: dict[str, str], dry_run: bool) -> Import:
    pairs = {**chosen, "dry_run": "true" if dry_run else "false"}
    # What would be left out is shown before anybody decides to leave it out.
    pairs |= {"on_error": "skip"} if dry_run else {}
    return parse_import(pairs.items(), "csv")


def _run(name: str, owner: str, chosen: dict[str, str], dry_run: bool) -> ImportReport:
    wanted = _wanted(chosen, dry_run)
    with uploads.opened(name, owner) as file:
        return keep(ROW_FORMATS["csv"].read(file, wanted), wanted)


def _unreadable(error: InvalidRequest) -> ResponseReturnValue:
    return _chooser(f"Cannot be read: {error.problems[0].message}")


def _chooser(problem: str = "") -> ResponseReturnValue:
    status = HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK
    limit = current_app.config["IMPORT_LIMIT"] // 2**20
    return html(render_template("pages/import.html", problem=problem, limit=limit), status)
