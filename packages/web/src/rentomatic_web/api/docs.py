"""What the API is, for programs and for people."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template

from rentomatic_web.api.openapi import document
from rentomatic_web.middleware.access import public

bp = Blueprint("docs", __name__)


@bp.get("/openapi.json")
@public
def description() -> dict[str, Any]:
    """Answer with this description of the API (OpenAPI 3.1)."""
    return document(current_app)


@bp.get("/docs")
@public
def page() -> Response:
    """Answer with this description as a page."""
    return Response(render_template("docs.html", api=document(current_app)), mimetype="text/html")


@bp.get("/docs.css")
@public
def stylesheet() -> Response:
    """Answer with how that page looks."""
    return Response(render_template("docs.css"), mimetype="text/css")
