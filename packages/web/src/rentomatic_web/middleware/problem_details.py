"""Problem details (RFC 9457), for clients that would rather have them than the book's errors."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import request

MEDIA_TYPE = "application/problem+json"
PROBLEMS = {
    "ParametersError": ("/problems/parameters", "The request makes no sense as it stands"),
    "ResourceError": (
        "/problems/resource",
        "The resource is not there, or not as asked for",
    ),
    "SystemError": ("/problems/system", "The service failed"),
}


def preferred() -> bool:
    """Tell whether the client names this format before JSON; `*/*` does not name it."""
    return request.accept_mimetypes.best_match(["application/json", MEDIA_TYPE]) == MEDIA_TYPE


def of(error: Mapping[str, object], status: HTTPStatus) -> dict[str, object]:
    """Say what one of the book's errors says; further members stay."""
    kind, title = PROBLEMS[str(error["type"])]
    more = {name: value for name, value in error.items() if name not in ("type", "message")}
    return {
        "type": kind,
        "title": title,
        "status": status.value,
        "detail": error["message"],
        **more,
    }
