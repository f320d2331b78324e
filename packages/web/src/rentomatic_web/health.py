"""What a supervisor or load balancer asks, by Kubernetes' names."""

from pathlib import Path

from flask import Blueprint, Response, current_app
from werkzeug.exceptions import ServiceUnavailable

from rentomatic_web.api import current_rooms

bp = Blueprint("health", __name__)


@bp.get("/livez")
def live() -> dict[str, str]:
    """Answer that this process works; the database is never asked."""
    return {"status": "ok"}


@bp.get("/readyz")
def ready() -> dict[str, str]:
    """Answer that requests can be served, and will be for a while, or fail with 503."""
    drain_file = current_app.config["DRAIN_FILE"]
    if drain_file and Path(drain_file).exists():
        raise ServiceUnavailable("The service is about to stop")
    current_rooms().check()
    return {"status": "ok"}


@bp.after_request
def keep_nowhere(response: Response) -> Response:
    """Let no cache answer in this process's place."""
    response.headers["Cache-Control"] = "no-store"
    return response
