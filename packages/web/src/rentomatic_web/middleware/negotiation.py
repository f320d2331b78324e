"""The formats that a client accepts (RFC 9110, section 12.5.1)."""

from typing import TYPE_CHECKING, Any

import flask
from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.utils import cached_property

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"
HTML = "text/html"


class Request(flask.Request):
    """A request whose `Accept` is compared by type and subtype alone.

    Parameters such as `charset` or `header` describe how a format is sent, and each format is sent
    in one way. Reading a body that ends before its Content-Length raises BadRequest.
    """

    def __init__(self, environ: "WSGIEnvironment", *arguments: Any, **options: Any) -> None:
        if environ.get("CONTENT_LENGTH"):
            # gunicorn sets this even if the body is truncated.
            environ.pop("wsgi.input_terminated", None)
        super().__init__(environ, *arguments, **options)

    @cached_property
    def accept_mimetypes(self) -> MIMEAccept:
        ranges = super().accept_mimetypes
        return MIMEAccept((name.partition(";")[0].strip(), quality) for name, quality in ranges)


def prefers(media_type: str) -> bool:
    """Return whether the client prefers a media type to JSON; `*/*` does not mean that."""
    return request.accept_mimetypes.best_match([JSON, media_type]) == media_type
