"""What all pages are made with."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, request

HTML = "text/html"

bp = Blueprint("pages", __name__, static_folder="../static", static_url_path="/static")


def html(text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return an answer that is a page, which only its visitor's browser may keep."""
    response = current_app.response_class(text, status, content_type=f"{HTML}; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def site_url() -> str:
    """Return the URL of the site as the client names it, or `/` if its host name is invalid."""
    return request.host_url if request.host else "/"


def wants_page() -> bool:
    """Tell whether the client would rather have a page than JSON; `*/*` does not say so."""
    return request.accept_mimetypes.best_match(["application/json", HTML]) == HTML
