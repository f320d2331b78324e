"""Probes for supervisors and load balancers, with Kubernetes' names."""

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint
from flask.typing import ResponseReturnValue

from rentomatic_web.api.openapi.operations import json, operation
from rentomatic_web.context import current
from rentomatic_web.middleware.access import Cache, policy
from rentomatic_web.middleware.errors import error_response

bp = Blueprint("health", __name__)


@bp.get("/livez")
@policy(None, Cache.NEVER)
@operation("Health", json("Health"), headers=("Cache-Control",))
def live() -> dict[str, str]:
    """Return 200 if the process works, without a request to the storage."""
    return {"status": "ok"}


@bp.get("/readyz")
@policy(None, Cache.NEVER)
@operation("Health", json("Health"), headers=("Cache-Control",))
def ready() -> ResponseReturnValue:
    """Return 200 if requests can be served, or 503, also before shutdown."""
    drain_file = current().settings.drain_file
    if drain_file and Path(drain_file).exists():
        message = "The service is shutting down"
        response = error_response(HTTPStatus.SERVICE_UNAVAILABLE, "draining", message)
        response.headers["Retry-After"] = "1"
        return response
    current().rooms.check()
    return {"status": "ok"}
