"""What may be kept of an answer, and for how long: validators and conditions (RFC 9110, 9111)."""

import time

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import PreconditionFailed
from werkzeug.http import parse_date

from rentomatic_web.middleware.errors import http_failed
from rentomatic_web.middleware.etags import strong_tag

ROOM = "/rooms/<code:code>"
NEGOTIATED = ("/rooms", "/rooms/export", ROOM)
LISTS = ("api.search", "api.facets", "api.clusters")

# Rooms change at any time: what is kept is asked for again, and a 304 spares the body.
REVALIDATED = "public, max-age=0, must-revalidate"
# Who compresses a body makes its strong tag weak, and If-Match would never be met.
AS_IT_IS = f"{REVALIDATED}, no-transform"
# For a moment a list may be what it was: many ask for it at once, and one of them is enough.
BRIEFLY = "public, max-age=1, stale-while-revalidate=1"


def init_app(app: Flask) -> None:
    """Tag every answer to GET and HEAD, meet their conditions, and tell caches what to do."""
    app.before_request(ignore_invalid_dates)
    app.after_request(describe)


def ignore_invalid_dates() -> None:
    """Ignore conditions with an invalid date (RFC 9110, section 13.1.3).

    With an invalid `If-Range`, the whole body is sent (section 13.1.5).
    """
    environ = request.environ
    for name in ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"):
        if name in environ and not _is_date(environ[name]):
            del environ[name]
    validator = environ.get("HTTP_IF_RANGE", '"')
    if '"' not in validator and not _is_date(validator):
        environ.pop("HTTP_RANGE", None)
        del environ["HTTP_IF_RANGE"]


def _is_date(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except OverflowError:  # of a year, day or offset with ten digits or more
        return False


def describe(response: Response) -> Response:
    """Add what caches ask for; what a view has said already stays."""
    rule = request.url_rule.rule if request.url_rule else None
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        _describe_success(response, rule)
        response = _condition(response)
    if response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if rule in NEGOTIATED:
        _vary(response)
    return response


def _describe_success(response: Response, rule: str | None) -> None:
    """Add a lifetime, and a hash of the body unless it is streamed or never kept."""
    headers = response.headers
    if current_app.config["MICRO_CACHE"] and request.endpoint in LISTS:
        headers["Cache-Control"] = BRIEFLY
        # Nginx counts whole seconds: with the nearest, it never sends this after 2.5 s.
        headers["X-Accel-Expires"] = f"@{round(_began())}"
    lifetime = headers.setdefault("Cache-Control", AS_IT_IS if rule == ROOM else REVALIDATED)
    if response.is_sequence and "ETag" not in headers and "no-store" not in lifetime:
        tag = f'"{strong_tag(response.get_data())}"'
        headers["ETag"] = tag if rule == ROOM else f"W/{tag}"


def _began() -> float:
    """Return when the request came: nothing in its answer is older."""
    started: float = g.started
    return time.time() - (time.perf_counter() - started)


def _condition(response: Response) -> Response:
    """Return the answer, 304 when the client has it, or 412 when it has another that it needs."""
    # Most requests have no condition, and parsing fields that are not there takes its time.
    if not request.environ.keys() & {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"}:
        return response
    tag, weak = response.get_etag()
    wanted = request.if_match
    if tag is None:
        return response
    if wanted and not wanted.star_tag and (weak or not wanted.contains(tag)):
        return http_failed(PreconditionFailed())
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
    return response


def _vary(response: Response) -> None:
    if response.headers.setdefault("Vary", "Accept") != "Accept":
        response.vary.add("Accept")
