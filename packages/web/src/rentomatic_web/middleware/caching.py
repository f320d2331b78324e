"""ETags, conditional requests and Cache-Control (RFC 9110, section 13; RFC 9111)."""

import time
from hashlib import sha256

from flask import Flask, Response, g, request
from werkzeug.exceptions import PreconditionFailed
from werkzeug.http import parse_date

from rentomatic_web.context import current
from rentomatic_web.middleware.access import Cache, Policy, current_policy
from rentomatic_web.middleware.errors import handle_http_error

# Rooms change at any time, so caches ask before each use; a 304 saves the body.
REVALIDATE = "public, max-age=0, must-revalidate"
# Cache lists for one second, so that concurrent equal requests reach the application once.
MICRO_CACHE = "public, max-age=1, stale-while-revalidate=1"
CACHE_CONTROL = {
    Cache.REVALIDATE: REVALIDATE,
    Cache.LIST: REVALIDATE,
    # no-transform: a proxy that compresses would weaken the ETag, and If-Match needs a strong one.
    Cache.ROOM: f"{REVALIDATE}, no-transform",
    Cache.NEVER: "no-store",
}
DIGITS = 32  # of an ETag


def init_app(app: Flask) -> None:
    """Add ETag, Cache-Control and Vary, and evaluate conditions of GET and HEAD."""
    app.before_request(ignore_invalid_dates)
    app.after_request(add_headers)


def strong_etag(body: bytes) -> str:
    """Return the ETag of a body, without quotes."""
    return sha256(body).hexdigest()[:DIGITS]


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


def add_headers(response: Response) -> Response:
    """Add header fields by the view's policy; fields that the view has set stay."""
    declared = current_policy() or Policy(None)
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        _describe_success(response, declared.cache)
        response = _evaluate_conditions(response)
    if response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if declared.negotiated and response.headers.setdefault("Vary", "Accept") != "Accept":
        response.vary.add("Accept")
    return response


def _describe_success(response: Response, cache: Cache) -> None:
    headers = response.headers
    if cache is Cache.LIST and current().settings.caches_lists:
        headers["Cache-Control"] = MICRO_CACHE
        # Nginx compares whole seconds: the rounded time keeps this fresh for at most 1.5 s, plus
        # one second of stale-while-revalidate.
        headers["X-Accel-Expires"] = f"@{round(_began())}"
    lifetime = headers.setdefault("Cache-Control", CACHE_CONTROL[cache])
    # Streamed bodies have no ETag: they are not in memory.
    if response.is_sequence and "ETag" not in headers and "no-store" not in lifetime:
        etag = f'"{strong_etag(response.get_data())}"'
        headers["ETag"] = etag if cache is Cache.ROOM else f"W/{etag}"


def _began() -> float:
    """Return the time at which the request arrived; the response is not older."""
    started: float = g.started
    return time.time() - (time.perf_counter() - started)


def _evaluate_conditions(response: Response) -> Response:
    """Return the response, or 304 or 412 by If-None-Match and If-Match."""
    # Most requests have no condition, and parsing missing fields takes time.
    if not request.environ.keys() & {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"}:
        return response
    etag, is_weak = response.get_etag()
    wanted = request.if_match
    if etag is None:
        return response
    if wanted and not wanted.star_tag and (is_weak or not wanted.contains(etag)):
        return handle_http_error(PreconditionFailed())
    if request.if_none_match.contains_weak(etag):
        response.status_code = 304
    return response
