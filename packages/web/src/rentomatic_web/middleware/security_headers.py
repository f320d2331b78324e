"""Header fields that restrict browsers."""

from urllib.parse import urlsplit

from flask import Flask, Response

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


def init_app(app: Flask, tiles: str) -> None:
    """Restrict every response; only map tiles may be loaded from another host."""
    fields = dict(HEADERS)
    if hosts := _hosts(tiles):
        allowed = f"img-src 'self' data: {' '.join(hosts)};"
        policy = fields["Content-Security-Policy"]
        fields["Content-Security-Policy"] = policy.replace("img-src 'self' data:;", allowed)

    def restrict(response: Response) -> Response:
        for name, value in fields.items():
            response.headers.setdefault(name, value)
        return response

    app.after_request(restrict)


def _hosts(tiles: str) -> list[str]:
    """Return the origins of tiles; Leaflet replaces `{s}` by a, b and c."""
    place = urlsplit(tiles)
    if not place.netloc:
        return []
    names = [place.netloc.replace("{s}", each) for each in ("a", "b", "c")]
    return [f"{place.scheme}://{name}" for name in dict.fromkeys(names)]
