"""The request, and facts about it that middleware, views and the log share."""

import re
import time
from functools import cached_property
from secrets import token_hex
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, quote

import flask
from werkzeug.http import parse_date

from rentomatic.domain.tokens import Token

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))

# Nginx is the only proxy in front, and overwrites these header fields of clients.
FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "REMOTE_ADDR",
    "HTTP_X_FORWARDED_HOST": "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO": "wsgi.url_scheme",
}


class Request(flask.Request):
    """A request as its client sent it to Nginx.

    Invalid dates in its conditions are removed (RFC 9110, section 13.1); with an invalid
    `If-Range`, the whole body is sent (section 13.1.5). Reading a body that ends before its
    Content-Length raises BadRequest. Bytes of the query that are not ASCII are percent-encoded.

    `started` is in seconds of time.perf_counter, `waited` the seconds for the storage so far.
    `token` exists once it has been checked. `is_for_editors` is None unless the token decides on
    the response. `error` is the code of the error that is sent. `language` is the tag of the
    page's language, once it is known.
    """

    token: Token
    is_for_editors: bool | None = None
    error: str | None = None
    language: str | None = None

    def __init__(self, environ: "WSGIEnvironment", *arguments: Any, **options: Any) -> None:
        self.started = time.perf_counter()
        self.waited = 0.0
        if environ.get("CONTENT_LENGTH"):
            # gunicorn sets this even if the body is truncated.
            environ.pop("wsgi.input_terminated", None)
        _apply_forwarded(environ)
        if not environ["QUERY_STRING"].isascii():
            environ["QUERY_STRING"] = quote(environ["QUERY_STRING"].encode("latin-1"), PRINTABLE)
        _remove_invalid_dates(environ)
        super().__init__(environ, *arguments, **options)

    @cached_property
    def id(self) -> str:
        """The client's request id if it is safe to log, or a new one."""
        claimed = self.environ.get("HTTP_X_REQUEST_ID", "")
        return claimed if REQUEST_ID.fullmatch(claimed) else token_hex(16)

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """The query parameters in their order."""
        # As flask.Request.args, without grouping them by name.
        query, errors = self.query_string.decode(), "werkzeug.url_quote"
        return parse_qsl(query, keep_blank_values=True, errors=errors)

    @property
    def site_url(self) -> str:
        """The URL of the site as the client names it, or `/` if its host name is invalid."""
        return self.host_url if self.host else "/"

    @cached_property
    def code(self) -> str | None:
        """The code of the room that the request reads or writes; a view can set it."""
        return (self.view_args or {}).get("code")


def current_request() -> Request:
    """Return the request itself: each attribute of Flask's proxy takes as long as this."""
    return cast(Request, flask.request._get_current_object())  # type: ignore[attr-defined]


def _apply_forwarded(environ: "WSGIEnvironment") -> None:
    # werkzeug's ProxyFix does the same, but would add a twelfth to the time of reading a room.
    for name, variable in FORWARDED.items():
        if values := environ.get(name):
            environ[variable] = values.rpartition(",")[2].strip()


def _remove_invalid_dates(environ: "WSGIEnvironment") -> None:
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
