"""From failures to answers. Nothing else decides on the status of a failure."""

import errno
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, current_app, g
from werkzeug.exceptions import HTTPException

from rentomatic.errors import (
    ImportRejected,
    InvalidRequest,
    RentomaticError,
    RepositoryReadOnly,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
    TokenConflict,
    TokenNotFound,
)
from rentomatic.serializers.reports import rejected_to_list
from rentomatic_web.middleware import problem_details
from rentomatic_web.pages import failing

STATUSES: dict[type[RentomaticError], HTTPStatus] = {
    InvalidRequest: HTTPStatus.BAD_REQUEST,
    RoomNotFound: HTTPStatus.NOT_FOUND,
    RoomConflict: HTTPStatus.CONFLICT,
    RoomChanged: HTTPStatus.PRECONDITION_FAILED,
    TokenNotFound: HTTPStatus.NOT_FOUND,
    TokenConflict: HTTPStatus.CONFLICT,
    ImportRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    RepositoryReadOnly: HTTPStatus.SERVICE_UNAVAILABLE,
    RepositoryUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
# What time may heal, and how many seconds of it are worth waiting.
RETRY_AFTER = {RepositoryUnavailable: "1", RepositoryReadOnly: "60"}

# A full disk, or a full quota of the user.
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

# What an HTTPException may add to its answer.
KEPT = ("Allow", "WWW-Authenticate")

ABOUT_THE_RESOURCE = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
)


def init_app(app: Flask) -> None:
    """Answer every failure of this application, on pages as a page and elsewhere as JSON."""
    app.register_error_handler(RentomaticError, refused)
    app.register_error_handler(HTTPException, http_failed)
    app.register_error_handler(OSError, disk_full)


def refused(error: RentomaticError) -> Response:
    """Answer with what our own errors say: their text is made for clients."""
    status = STATUSES[type(error)]
    response = _answer(status, error.code(), str(error), **_listed(error))
    if isinstance(error, RepositoryUnavailable):
        current_app.logger.error("The rooms cannot be reached", exc_info=error)
    if type(error) in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[type(error)]
    return response


def _listed(error: RentomaticError) -> dict[str, object]:
    """Return what an error says besides its text, for programs."""
    if isinstance(error, InvalidRequest):
        return {"errors": [problem._asdict() for problem in error.problems]}
    if isinstance(error, ImportRejected):
        return {"rejected": error.count, "errors": rejected_to_list(error.rows)}
    return {}


def disk_full(error: OSError) -> Response:
    """Respond with 503 when a file of ours, such as an upload, cannot be written for now."""
    if error.errno not in DISK_FULL:
        raise error
    current_app.logger.error("The disk is full", exc_info=error)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response = _answer(status, "disk_full", "The server has no disk space left")
    response.headers["Retry-After"] = "60"
    return response


def http_failed(error: HTTPException) -> Response:
    """Answer with the status that Flask decided on, a bug's 500 among them, and no more.

    Only a view that says something itself is quoted.
    """
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    said = error.description if error.description != type(error).description else None
    message = said or status.description or status.phrase
    response = _answer(status, status.name.lower(), message)
    headers = dict(error.get_headers())
    response.headers.update({name: headers[name] for name in KEPT if name in headers})
    return response


def draining() -> Response:
    """Answer that this server is about to stop, so that others are asked instead."""
    message = "The service is about to stop"
    response = _answer(HTTPStatus.SERVICE_UNAVAILABLE, "draining", message)
    response.headers["Retry-After"] = "1"
    return response


def _answer(status: HTTPStatus, code: str, message: str, **more: object) -> Response:
    g.error = code  # for the log
    if failing.is_for_people():
        page = failing.failed(status, message)
        page.vary.add("Accept")
        return page
    body = {"type": _type(status), "message": message, "code": code, **more}
    media_type = "application/json"
    if problem_details.preferred():
        body, media_type = problem_details.of(body, status), problem_details.MEDIA_TYPE
    response = cast(Response, current_app.json.response(body))
    response.status_code, response.content_type = status, media_type
    response.vary.add("Accept")
    return response


def _type(status: HTTPStatus) -> str:
    """Return the book's name for what went wrong."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "SystemError"
    return "ResourceError" if status in ABOUT_THE_RESOURCE else "ParametersError"
