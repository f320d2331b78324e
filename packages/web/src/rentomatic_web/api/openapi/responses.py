"""Header fields and failures of responses."""

from typing import Any

from rentomatic_web.api.openapi.schemas import Schema, ref
from rentomatic_web.middleware.errors import PROBLEM_DETAILS

TEXT: Schema = {"type": "string"}
URI_REFERENCE: Schema = {"type": "string", "format": "uri-reference"}

HEADERS: dict[str, tuple[Schema, str]] = {
    "X-Request-ID": (TEXT, "The id of the request: the client's, or a new one"),
    "Cache-Control": (TEXT, "How long the response may be cached"),
    "Age": ({"type": "integer"}, "Seconds since a kept result was computed, at most 30"),
    "ETag": (TEXT, "A hash of the body: strong for one room, weak for other responses"),
    "Last-Modified": (
        TEXT,
        "The time of the last change of the room, or of all rooms in a feed; a feed without rooms "
        "or with a room that has just been changed has none",
    ),
    "Link": (TEXT, "The first page, and the next and the previous page if they exist (RFC 8288)"),
    "X-Total-Count": (
        {"type": "integer", "minimum": 0},
        "The number of rooms that meet the conditions; only with count=exact",
    ),
    "Content-Location": (URI_REFERENCE, "The room in the response"),
    "WWW-Authenticate": (TEXT, "The authentication scheme (RFC 6750)"),
    "Location": (URI_REFERENCE, "The new room, or the target of a redirect"),
    "Retry-After": ({"type": "integer"}, "Seconds to wait before the next attempt"),
    "Allow": (TEXT, "The methods of the path"),
}

# Header fields that only some responses have.
OPTIONAL = ("Age", "Last-Modified", "X-Total-Count")

# Description by status, and its header fields beside those of every failure.
FAILURES: dict[int, tuple[str, tuple[str, ...]]] = {
    400: ("A parameter or a member of the body is unknown, repeated or malformed", ()),
    401: ("The request has no valid token", ("WWW-Authenticate",)),
    403: ("The token does not allow this, or no token exists yet", ()),
    404: ("The room or the path does not exist", ()),
    405: ("The path does not have this method", ("Allow",)),
    406: ("No format is acceptable; the message lists the available formats", ()),
    409: ("A room with this code already exists", ()),
    412: ("The resource does not satisfy If-Match or If-None-Match", ()),
    413: (
        "The body is larger than 1 MiB, RENTOMATIC_IMPORT_LIMIT (imports) or"
        " RENTOMATIC_PHOTO_LIMIT (photos)",
        (),
    ),
    414: ("The request line is longer than 8 KiB", ()),
    415: ("The media type of the body is not supported", ()),
    422: ("An export has too many rooms, or an import has invalid rows", ()),
    431: ("A header field is longer than 8 KiB, or all of them than 32 KiB", ()),
    500: ("A bug; the log has it with the id of the request", ()),
    503: ("The storage cannot be reached or timed out", ("Retry-After",)),
}
COMMON_FAILURES = (413, 414, 431, 500, 503)


def response(
    description: str, headers: tuple[str, ...], content: dict[str, Any]
) -> dict[str, Any]:
    """Return a Response Object, without `content` if that is empty."""
    fields = {name: ref("headers", name) for name in ("X-Request-ID", *headers)}
    body = {"content": content} if content else {}
    return {"description": description, "headers": fields, **body}


def _failure(description: str, headers: tuple[str, ...]) -> dict[str, Any]:
    return response(
        description,
        ("Cache-Control", *headers),
        {
            "application/json": {"schema": ref("schemas", "Error")},
            PROBLEM_DETAILS: {"schema": ref("schemas", "Problem")},
        },
    )


def _header(name: str) -> dict[str, Any]:
    schema, description = HEADERS[name]
    return {"description": description, "required": name not in OPTIONAL, "schema": schema}


COMPONENTS = {name: _header(name) for name in HEADERS}
RESPONSES = {
    "304": response("The client has the current response", ("Cache-Control", "ETag"), {}),
    **{str(status): _failure(*failure) for status, failure in FAILURES.items()},
}
