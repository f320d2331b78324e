"""What a supervisor or load balancer asks, by Kubernetes' names."""

from pathlib import Path

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from rentomatic_web.middleware import errors
from rentomatic_web.middleware.access import public
from rentomatic_web.repository import current_rooms

bp = Blueprint("health", __name__)


@bp.get("/livez")
@public
def live() -> dict[str, str]:
    """Answer that this process works; the database is never asked."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer that requests can be served, or fail with 503, as before a stop."""
    drain_file = current_app.config["DRAIN_FILE"]
    if drain_file and Path(drain_file).exists():
        return errors.draining()
    current_rooms().check()
    return {"status": "ok"}


@bp.after_request
def keep_nowhere(response: Response) -> Response:
    """Let no cache answer in this process's place."""
    response.headers["Cache-Control"] = "no-store"
    return response
