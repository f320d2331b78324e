"""What browsers must not do with an answer, whoever made them ask for it."""

from flask import Flask, Response

# Nginx says the same of what it answers itself: services/nginx/rentomatic.conf.template.
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


def init_app(app: Flask) -> None:
    """Restrict every answer; what a view has said already stays."""
    app.after_request(restrict)


def restrict(response: Response) -> Response:
    """Add the fields that an answer lacks."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
