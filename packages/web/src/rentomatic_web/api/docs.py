"""The OpenAPI document, and its page."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template

from rentomatic_web.api.openapi.document import document
from rentomatic_web.api.openapi.operations import operation
from rentomatic_web.api.openapi.responses import TEXT
from rentomatic_web.middleware.access import policy

bp = Blueprint("docs", __name__)


@bp.get("/openapi.json")
@policy(None)
@operation("Documentation", {"application/json": {"schema": {"type": "object"}}})
def description() -> dict[str, Any]:
    """Return this description of the API (OpenAPI 3.1)."""
    return document(current_app)


@bp.get("/docs")
@policy(None)
@operation("Documentation", {"text/html": {"schema": TEXT}})
def page() -> Response:
    """Return this description as a page."""
    return Response(render_template("docs.html", api=document(current_app)), mimetype="text/html")


@bp.get("/docs.css")
@policy(None)
@operation("Documentation", {"text/css": {"schema": TEXT}})
def stylesheet() -> Response:
    """Return the stylesheet of that page."""
    return Response(render_template("docs.css"), mimetype="text/css")
