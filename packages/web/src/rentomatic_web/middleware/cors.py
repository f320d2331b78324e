"""Cross-origin requests (the CORS protocol of the Fetch standard)."""

from collections.abc import Collection

from flask import Flask, Response, request

EXPOSED = (
    "Age, Content-Location, ETag, Link, Location, Retry-After, Server-Timing, WWW-Authenticate, "
    "X-Request-ID, X-Total-Count"
)
ALLOWED_HEADERS = (
    "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, X-Request-ID"
)
MAX_AGE_SECONDS = "7200"  # Chrome's maximum


def init_app(app: Flask, origins: Collection[str]) -> None:
    """Let pages of these origins, or of any origin for `*`, read every response."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        if "*" not in origins:
            response.vary.add("Origin")
        allowed = "*" if "*" in origins else request.origin
        if allowed not in ("*", *origins):
            return response
        response.headers["Access-Control-Allow-Origin"] = allowed
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return _allow(response) if _is_preflight() else response


def _is_preflight() -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _allow(response: Response) -> Response:
    """Allow every preflight; an unknown path is reported by the real request."""
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD")
    response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    response.headers["Access-Control-Max-Age"] = MAX_AGE_SECONDS
    response.status_code = 204
    response.set_data(b"")
    del response.headers["Content-Type"]
    return response
