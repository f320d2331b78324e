"""One line for each request, under an id that the client may have chosen."""

import logging
import re
import time
from secrets import token_hex

from flask import Flask, Response, g, request

from rentomatic_web.metrics.metrics import current_metrics
from rentomatic_web.middleware.clients import shortened, trace_id
from rentomatic_web.middleware.timing import waited

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Give every request an id, send it back, and log and measure it when it is answered."""
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    """Take the client's id when it is one that cannot harm a log, or make one."""
    claimed = request.headers.get(HEADER, "")
    g.request_id = claimed if ACCEPTABLE.fullmatch(claimed) else token_hex(16)
    g.started = time.perf_counter()


def end(response: Response) -> Response:
    """Send the id back, and log the request without its query string."""
    response.headers[HEADER] = g.request_id
    route = request.url_rule.rule if request.url_rule else None
    seconds = time.perf_counter() - g.started
    current_metrics().answered(request.method, route or "", response.status_code, seconds)
    log.info(
        "request",
        extra={
            "method": request.method,
            "path": request.path,
            "route": route,
            "status": response.status_code,
            "duration_ms": round(seconds * 1000, 3),
            "db_ms": round(waited() * 1000, 3),
            **_known(),
        },
    )
    return response


def _known() -> dict[str, str]:
    """Return what there is to say of some requests only: who, of what, and what went wrong."""
    found = {
        "client": shortened(request.remote_addr or ""),
        "trace_id": trace_id(request.headers.get("traceparent", "")),
        "token": g.token.name if "token" in g else None,
        "code": g.get("code", (request.view_args or {}).get("code")),
        "error": g.get("error"),
    }
    return {name: value for name, value in found.items() if value}
