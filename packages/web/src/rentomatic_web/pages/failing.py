"""Failures as pages."""

from http import HTTPStatus

from flask import Response, render_template, request
from werkzeug.exceptions import BadHost

from rentomatic_web.pages.rendering import html, wants_page

TITLES = {
    HTTPStatus.BAD_REQUEST: "This did not work",
    HTTPStatus.FORBIDDEN: "You may not do this",
    HTTPStatus.NOT_FOUND: "There is nothing here",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something is broken",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not right now",
}


def is_for_people() -> bool:
    """Tell whether a failure is met on a page, or nowhere, by who would rather have a page."""
    if isinstance(request.routing_exception, BadHost):
        return False  # Flask builds no URL for it, and pages have some
    where = request.endpoint is None or request.endpoint == "api.read"
    return (where or request.blueprint == "pages") and wants_page()


def failed(status: HTTPStatus, message: str) -> Response:
    """Return the page that says what went wrong."""
    title = TITLES.get(status, status.phrase)
    return html(render_template("pages/failed.html", title=title, message=message), status)
