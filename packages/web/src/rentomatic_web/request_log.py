"""One line for each request, under an id that the client may have chosen."""

import logging
import re
import time
from secrets import token_hex

from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Give every request an id, send it back, and log the request when it is answered."""
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
    log.info(
        "request",
        extra={
            "method": request.method,
            "path": request.path,
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "duration_ms": round((time.perf_counter() - g.started) * 1000, 3),
            **_written(),
        },
    )
    return response


def _written() -> dict[str, str]:
    """Return whose token it was and the code of the room, where there is such."""
    code = g.get("code", (request.view_args or {}).get("code"))
    found = {"token": g.token.name if "token" in g else None, "code": code}
    return {name: value for name, value in found.items() if value}
