"""What the API is, for programs."""

from typing import Any

from flask import Blueprint, current_app

from rentomatic_web.openapi import document

bp = Blueprint("docs", __name__)


@bp.get("/openapi.json")
def description() -> dict[str, Any]:
    """Answer with this description of the API (OpenAPI 3.1)."""
    return document(current_app)
