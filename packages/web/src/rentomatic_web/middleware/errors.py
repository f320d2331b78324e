"""Error responses: the only place that maps errors to statuses. Formats: JSON, RFC 9457, pages."""

import errno
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import BadHost, HTTPException

from rentomatic.errors import (
    ImportRejected,
    InvalidRequest,
    ReferenceConflict,
    RentomaticError,
    RepositoryReadOnly,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
    TokenConflict,
    TokenNotFound,
    WithdrawalRefused,
)
from rentomatic.serializers.reports import rejected_to_list
from rentomatic_web.context import current
from rentomatic_web.middleware.access import is_page
from rentomatic_web.middleware.negotiation import HTML, JSON, prefers
from rentomatic_web.request import current_request

STATUSES: dict[type[RentomaticError], HTTPStatus] = {
    InvalidRequest: HTTPStatus.BAD_REQUEST,
    RoomNotFound: HTTPStatus.NOT_FOUND,
    RoomConflict: HTTPStatus.CONFLICT,
    ReferenceConflict: HTTPStatus.CONFLICT,
    RoomChanged: HTTPStatus.PRECONDITION_FAILED,
    TokenNotFound: HTTPStatus.NOT_FOUND,
    TokenConflict: HTTPStatus.CONFLICT,
    ImportRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    WithdrawalRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    RepositoryReadOnly: HTTPStatus.SERVICE_UNAVAILABLE,
    RepositoryUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
# Seconds, for temporary failures.
RETRY_AFTER = {RepositoryUnavailable: "1", RepositoryReadOnly: "60"}

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

# Header fields that are copied from an HTTPException.
COPIED = ("Allow", "Retry-After", "WWW-Authenticate")

RESOURCE_STATUSES = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
)

PROBLEM_DETAILS = "application/problem+json"
# The book's types of errors, with type and title of problem details (RFC 9457).
PROBLEMS = {
    "ParametersError": ("/problems/parameters", "The request is invalid"),
    "ResourceError": ("/problems/resource", "The resource is missing, or not in the state needed"),
    "SystemError": ("/problems/system", "The service failed"),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(RentomaticError, handle_application_error)
    app.register_error_handler(HTTPException, handle_http_error)
    app.register_error_handler(OSError, handle_disk_full)


def handle_application_error(error: RentomaticError) -> Response:
    """Convert one of our errors; their texts are written for clients."""
    response = error_response(STATUSES[type(error)], error.code, str(error), **_members(error))
    if isinstance(error, RepositoryUnavailable):
        current_app.logger.error("The storage is unavailable", exc_info=error)
    if type(error) in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[type(error)]
    return response


def _members(error: RentomaticError) -> dict[str, object]:
    if isinstance(error, InvalidRequest):
        return {"errors": [problem._asdict() for problem in error.problems]}
    if isinstance(error, ImportRejected):
        return {"rejected": error.count, "errors": rejected_to_list(error.rows)}
    return {}


def handle_http_error(error: HTTPException) -> Response:
    """Convert an HTTPException (including 500). Show its description only if our code set one."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    own = error.description if error.description != type(error).description else None
    message = own or status.description or status.phrase
    response = error_response(status, status.name.lower(), message)
    headers = dict(error.get_headers())
    response.headers.update({name: headers[name] for name in COPIED if name in headers})
    return response


def handle_disk_full(error: OSError) -> Response:
    """Respond with 503 if the disk has no room for a file, such as an upload."""
    if error.errno not in DISK_FULL:
        raise error
    current_app.logger.error("The disk is full", exc_info=error)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response = error_response(status, "disk_full", "The server has no disk space left")
    response.headers["Retry-After"] = "60"
    return response


def error_response(status: HTTPStatus, code: str, message: str, **members: object) -> Response:
    """Return the error in the format that the client prefers, and store its code for the log."""
    current_request().error = code
    if _is_for_people():
        page = current().error_page(status, message)
        page.vary.add("Accept")
        return page
    body: dict[str, object] = {"type": _type(status), "message": message, "code": code, **members}
    media_type = JSON
    if prefers(PROBLEM_DETAILS):
        body, media_type = _problem_details(body, status), PROBLEM_DETAILS
    response = cast(Response, current_app.json.response(body))
    response.status_code, response.content_type = status, media_type
    response.vary.add("Accept")
    return response


def _is_for_people() -> bool:
    """Return whether to render a page: for pages and unknown URLs, if the client prefers it."""
    # Pages contain URLs, which Flask cannot build if Host is invalid.
    is_url_possible = not isinstance(request.routing_exception, BadHost)
    return is_url_possible and (request.endpoint is None or is_page()) and prefers(HTML)


def _type(status: HTTPStatus) -> str:
    """Return the book's type of error."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "SystemError"
    return "ResourceError" if status in RESOURCE_STATUSES else "ParametersError"


def _problem_details(body: dict[str, object], status: HTTPStatus) -> dict[str, object]:
    kind, title = PROBLEMS[str(body["type"])]
    members = {name: value for name, value in body.items() if name not in ("type", "message")}
    return {
        "type": kind,
        "title": title,
        "status": status.value,
        "detail": body["message"],
        **members,
    }
