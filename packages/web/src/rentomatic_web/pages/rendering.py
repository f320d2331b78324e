"""The blueprint of the pages, and helpers that build responses."""

from http import HTTPStatus
from urllib.parse import urljoin

from flask import Blueprint, Response, current_app, render_template, request

from rentomatic_web.middleware.negotiation import HTML
from rentomatic_web.pages import languages

TITLES = {
    HTTPStatus.BAD_REQUEST: "The request is invalid",
    HTTPStatus.FORBIDDEN: "You may not do this",
    HTTPStatus.NOT_FOUND: "Page not found",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong",
    HTTPStatus.SERVICE_UNAVAILABLE: "Temporarily unavailable",
}

bp = Blueprint("pages", __name__, static_folder="../static", static_url_path="/static")


def html(text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return a page that only the visitor's browser may cache."""
    response = current_app.response_class(text, status, content_type=f"{HTML}; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    languages.add_vary(response)
    return response


def error_page(status: HTTPStatus, message: str) -> Response:
    title = TITLES.get(status, status.phrase)
    return html(render_template("pages/failed.html", title=title, message=message), status)


def site_url() -> str:
    """Return the URL of the site as the client names it, or `/` if its host name is invalid."""
    return request.host_url if request.host else "/"


def absolute_url(url: str) -> str:
    """Return the URL of a path of this site; other URLs are returned as they are."""
    return urljoin(site_url(), url)
