"""What answers say beside their bodies, and how failures are answered."""

from typing import Any

from rentomatic_web.api.openapi.schemas import Schema, ref
from rentomatic_web.middleware.problem_details import MEDIA_TYPE as PROBLEM_DETAILS

TEXT: Schema = {"type": "string"}
URI_REFERENCE: Schema = {"type": "string", "format": "uri-reference"}

HEADERS: dict[str, tuple[Schema, str]] = {
    "X-Request-ID": (TEXT, "The id of the request: the client's, or a new one"),
    "Cache-Control": (TEXT, "How long the answer may be kept"),
    "ETag": (TEXT, "A hash of the body: strong for one room, weak for everything else"),
    "Link": (TEXT, "The first page, and the next and the previous where there are any (RFC 8288)"),
    "X-Total-Count": (
        {"type": "integer", "minimum": 0},
        "How many rooms meet the filters; with count=exact alone",
    ),
    "Content-Location": (URI_REFERENCE, "The room that the answer shows"),
    "WWW-Authenticate": (TEXT, "What a token is to be shown as (RFC 6750)"),
    "Location": (URI_REFERENCE, "Where to go on, or where what is new can be read"),
    "Retry-After": ({"type": "integer"}, "After how many seconds to ask again"),
    "Allow": (TEXT, "The methods that the path has"),
}

# By status: when it is sent, and with which header fields beside those of every failure.
FAILURES: dict[int, tuple[str, tuple[str, ...]]] = {
    400: ("A parameter, or a member of the body, is unknown, repeated or malformed", ()),
    401: ("A token is needed, and none that holds was shown", ("WWW-Authenticate",)),
    403: ("The token is for something else, or nobody has been given one", ()),
    404: ("There is no such room, or no such path", ()),
    405: ("The path has other methods", ("Allow",)),
    406: ("The rooms cannot be had in an accepted format: the message lists those there are", ()),
    409: ("There is a room by that code already", ()),
    412: ("What is there is not what If-Match names, or is what If-None-Match does", ()),
    413: ("The body is larger than 1 MiB", ()),
    414: ("The request line is longer than 8 KiB", ()),
    415: ("The body is of another media type", ()),
    422: ("There are more rooms than one export may hold", ()),
    431: ("A header field is longer than 8 KiB, or all of them than 32 KiB", ()),
    500: ("A bug: the log has it, under the request's id", ()),
    503: ("The rooms cannot be reached now, or took too long", ("Retry-After",)),
}
EVERYWHERE = (413, 414, 431, 500, 503)


def answer(description: str, headers: tuple[str, ...], content: dict[str, Any]) -> dict[str, Any]:
    """Return an answer; it has a body where there is something to say of it."""
    fields = {name: ref("headers", name) for name in ("X-Request-ID", *headers)}
    body = {"content": content} if content else {}
    return {"description": description, "headers": fields, **body}


def _failure(description: str, headers: tuple[str, ...]) -> dict[str, Any]:
    return answer(
        description,
        ("Cache-Control", *headers),
        {
            "application/json": {"schema": ref("schemas", "Error")},
            PROBLEM_DETAILS: {"schema": ref("schemas", "Problem")},
        },
    )


def _header(name: str) -> dict[str, Any]:
    schema, description = HEADERS[name]
    return {"description": description, "required": name != "X-Total-Count", "schema": schema}


COMPONENTS = {name: _header(name) for name in HEADERS}
RESPONSES = {
    "304": answer("The client has the answer", ("Cache-Control", "ETag"), {}),
    **{str(status): _failure(*said) for status, said in FAILURES.items()},
}
