"""What browsers must not do with an answer, whoever made them ask for it."""

from urllib.parse import urlsplit

from flask import Flask, Response

# Nginx says the same of what it answers itself: services/nginx/rentomatic.http.template.
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
    """Restrict every answer; only maps may load anything from elsewhere, which is their tiles."""
    fields = dict(HEADERS)
    if tiles:
        place = urlsplit(tiles)
        allowed = f"img-src 'self' data: {place.scheme}://{place.netloc};"
        policy = fields["Content-Security-Policy"]
        fields["Content-Security-Policy"] = policy.replace("img-src 'self' data:;", allowed)

    def restrict(response: Response) -> Response:
        """Add the fields that an answer lacks."""
        for name, value in fields.items():
            response.headers.setdefault(name, value)
        return response

    app.after_request(restrict)
