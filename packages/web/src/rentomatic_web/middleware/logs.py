"""Logs: JSON lines on standard output, one for each request."""

import logging
import re
import time
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from secrets import token_hex
from typing import Any

import orjson
from flask import Flask, Response, g, has_request_context, request

from rentomatic_web.context import current
from rentomatic_web.storage.timing import waited

HEADER = "X-Request-ID"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# W3C Trace Context: version, trace id and parent id; neither id may be all zeros.
TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})"
    r"-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?P<more>-.*)?"
)
STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Give every request an id, and log and measure it."""
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    """Take the client's request id if it is safe to log, or make one."""
    claimed = request.headers.get(HEADER, "")
    g.request_id = claimed if REQUEST_ID.fullmatch(claimed) else token_hex(16)
    g.started = time.perf_counter()


def end(response: Response) -> Response:
    """Log the request without its query string, which may hold personal data."""
    response.headers[HEADER] = g.request_id
    route = request.url_rule.rule if request.url_rule else None
    seconds = time.perf_counter() - g.started
    current().metrics.record_request(request.method, route or "", response.status_code, seconds)
    log.info(
        "request",
        extra={
            "method": request.method,
            "path": request.path,
            "route": route,
            "status": response.status_code,
            "duration_ms": round(seconds * 1000, 3),
            "db_ms": round(waited() * 1000, 3),
            **_optional_fields(),
        },
    )
    return response


def _optional_fields() -> dict[str, str]:
    found = {
        "client": network_of(request.remote_addr or ""),
        "trace_id": trace_id(request.headers.get("traceparent", "")),
        "token": g.token.name if "token" in g else None,
        "code": g.get("code", (request.view_args or {}).get("code")),
        "error": g.get("error"),
    }
    return {name: value for name, value in found.items() if value}


@lru_cache(maxsize=1024)
def network_of(address: str) -> str | None:
    """Return the /24 or /48 network of an address, which identifies no person; None if invalid."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    if isinstance(found, IPv4Address):
        return str(IPv4Network((int(found), 24), strict=False))
    return str(IPv6Network((int(found), 48), strict=False))


def trace_id(traceparent: str) -> str | None:
    """Return the trace id of a `traceparent` header, or None if it is invalid."""
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None or (found["version"] == "00" and found["more"]):
        return None
    return found["trace"]


class JSONFormatter(logging.Formatter):
    """Formats a record with its extra attributes, and the id of the current request."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "worker": record.process,
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        extra = vars(record).items()
        line |= {name: value for name, value in extra if name not in STANDARD_ATTRIBUTES}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def logging_config() -> dict[str, Any]:
    """Return a configuration for logging.config.dictConfig, of the application and gunicorn."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JSONFormatter}},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stdout",
            }
        },
        "root": {"handlers": ["stdout"], "level": "WARNING"},
        "loggers": {
            "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
            "rentomatic_web": {"level": "INFO"},
        },
    }
