"""Header fields that restrict browsers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask

from rentomatic.settings.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Nginx sends the same with its own responses: services/nginx/rentomatic.http.template.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def init_app(app: Flask, settings: Settings) -> None:
    """Restrict every response; only map tiles and photos may be loaded from other hosts.

    As WSGI middleware, this adds one prepared list; werkzeug would compare, check and copy each
    field of each response.
    """
    application, fields = app.wsgi_app, list(_fields(settings).items())

    def restrict(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, [*headers, *fields], *exc_info)

        return application(environ, start)

    app.wsgi_app = restrict  # type: ignore[method-assign]


def _fields(settings: Settings) -> dict[str, str]:
    hosts = [*_hosts(settings.tiles), *(f"https://{host}" for host in settings.photos)]
    if not hosts:
        return HEADERS
    allowed = f"img-src 'self' data: {' '.join(hosts)};"
    policy = HEADERS["Content-Security-Policy"].replace("img-src 'self' data:;", allowed)
    return HEADERS | {"Content-Security-Policy": policy}


def _hosts(tiles: str) -> list[str]:
    """Return the origins of tiles; Leaflet replaces `{s}` by a, b and c."""
    place = urlsplit(tiles)
    if not place.netloc:
        return []
    names = [place.netloc.replace("{s}", each) for each in ("a", "b", "c")]
    return [f"{place.scheme}://{name}" for name in dict.fromkeys(names)]
