"""The blueprint of the pages, and helpers that build responses."""

from http import HTTPStatus
from urllib.parse import urljoin

from flask import Blueprint, Response, current_app, render_template

from rentomatic_web.middleware.negotiation import HTML
from rentomatic_web.pages.texts import languages
from rentomatic_web.pages.texts.messages import translated
from rentomatic_web.pages.texts.translations import lazy_gettext
from rentomatic_web.request import current_request

YEAR_SECONDS = 365 * 24 * 60 * 60

# Title, and text if the error has none of its own. Other statuses have those of 400 or 500.
ERRORS = {
    HTTPStatus.BAD_REQUEST: (
        lazy_gettext("The request is invalid"),
        lazy_gettext("The server does not understand the request"),
    ),
    HTTPStatus.FORBIDDEN: (
        lazy_gettext("You may not do this"),
        lazy_gettext("This page is not for you"),
    ),
    HTTPStatus.NOT_FOUND: (
        lazy_gettext("Page not found"),
        lazy_gettext("There is no page at this address"),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        lazy_gettext("The request is invalid"),
        lazy_gettext("This address does not accept such a request"),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        lazy_gettext("The request is too large"),
        lazy_gettext("The file or the form is larger than the server accepts"),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        lazy_gettext("Something went wrong"),
        lazy_gettext("The server has made an error, which is in its log"),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        lazy_gettext("Temporarily unavailable"),
        lazy_gettext("Try again in a moment"),
    ),
}

bp = Blueprint("pages", __name__, static_folder="../static", static_url_path="/static")


def html(text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return a page that only the visitor's browser may cache."""
    response = current_app.response_class(text, status, content_type=f"{HTML}; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    languages.add_vary(response)
    return response


def permanent(response: Response) -> Response:
    """Let caches keep a response whose path contains its version, so that it never changes."""
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


def error_page(status: HTTPStatus, message: str) -> Response:
    """Return the page of an error; its message is that of the API, or the status's own."""
    is_of_server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    general = HTTPStatus.INTERNAL_SERVER_ERROR if is_of_server else HTTPStatus.BAD_REQUEST
    title, text = ERRORS.get(status, ERRORS[general])
    if message not in (status.description, status.phrase):
        text = translated(message)
    return html(render_template("pages/failed.html", title=title, message=text), status)


def site_url() -> str:
    return current_request().site_url


def absolute_url(url: str) -> str:
    """Return the URL of a path of this site; other URLs are returned as they are."""
    return urljoin(site_url(), url)
