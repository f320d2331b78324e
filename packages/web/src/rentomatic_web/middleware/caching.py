"""ETags, conditional requests and Cache-Control (RFC 9110, section 13; RFC 9111)."""

import time
from hashlib import sha256

from flask import Response
from werkzeug.http import unquote_etag

from rentomatic.settings.settings import Settings
from rentomatic_web.middleware.access import Cache
from rentomatic_web.request import Request

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


def strong_etag(body: bytes) -> str:
    """Return the ETag of a body, without quotes."""
    return sha256(body).hexdigest()[:DIGITS]


def cache_fields(
    request: Request, response: Response, cache: Cache, settings: Settings
) -> dict[str, str]:
    """Return Cache-Control and ETag of a successful response."""
    lifetime = CACHE_CONTROL[cache]
    if request.is_for_editors:
        lifetime = "no-store, no-transform"
    elif settings.reading != "public":
        lifetime = lifetime.replace("public", "private")
    fields = {"Cache-Control": lifetime}
    if cache is Cache.LIST and settings.caches_lists:
        # Nginx compares whole seconds: the rounded time keeps this fresh for at most 1.5 s, plus
        # one second of stale-while-revalidate. The response is not older than its request.
        began = time.time() - (time.perf_counter() - request.started)
        fields = {"Cache-Control": MICRO_CACHE, "X-Accel-Expires": f"@{round(began)}"}
    # Streamed bodies have no ETag: they are not in memory.
    if response.is_sequence and cache is not Cache.NEVER:
        etag = f'"{strong_etag(response.get_data())}"'
        fields["ETag"] = etag if cache is Cache.ROOM else f"W/{etag}"
    return fields


def status_by_conditions(request: Request, response: Response, fields: dict[str, str]) -> int:
    """Return 200, or 304 or 412 by If-Match, and If-None-Match or else If-Modified-Since.

    The ETag is the response's own, or that of `fields`.
    """
    environ = request.environ
    # Most requests have no condition, and parsing missing fields takes time.
    if not ("HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MATCH" in environ):
        return 304 if _is_unmodified(request, response) else 200
    etag, is_weak = unquote_etag(response.headers.get("ETag", fields.get("ETag")))
    if etag is None:
        return 200
    wanted = request.if_match
    if wanted and not wanted.star_tag and (is_weak or not wanted.contains(etag)):
        return 412
    return 304 if request.if_none_match.contains_weak(etag) else 200


def _is_unmodified(request: Request, response: Response) -> bool:
    if "HTTP_IF_MODIFIED_SINCE" not in request.environ:
        return False
    since, modified = request.if_modified_since, response.last_modified
    return since is not None and modified is not None and modified <= since
