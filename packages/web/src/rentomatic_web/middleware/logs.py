"""Logs: JSON lines on standard output, one for each request."""

import logging
import os
import re
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Any

import orjson
from flask import Flask, Response, has_request_context

from rentomatic_web.context import current
from rentomatic_web.request import Request, current_request

# W3C Trace Context: version, trace id and parent id; neither id may be all zeros.
TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})"
    r"-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?P<more>-.*)?"
)
STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Log and count every request."""
    app.after_request(log_request)


def log_request(response: Response) -> Response:
    """Log and count a request, without its query string, which may hold personal data."""
    request = current_request()
    route = request.url_rule.rule if request.url_rule else None
    seconds = time.perf_counter() - request.started
    current().metrics.record_request(request.method, route or "", response.status_code, seconds)
    if log.isEnabledFor(logging.INFO):
        fields = {
            "method": request.method,
            "path": request.path,
            "route": route,
            "status": response.status_code,
            "duration_ms": round(seconds * 1000, 3),
            "db_ms": round(request.waited * 1000, 3),
            **_optional_fields(request),
        }
        # Through a LogRecord, the line of each request would take four times as long.
        line = _line(time.time(), "info", log.name, "request", fields)
        # Without a log, such as on a full disk, requests are still served.
        with suppress(OSError, ValueError):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    return response


def _optional_fields(request: Request) -> dict[str, str]:
    token = getattr(request, "token", None)
    found = {
        "client": network_of(request.remote_addr or ""),
        "trace_id": trace_id(request.environ.get("HTTP_TRACEPARENT", "")),
        "token": token and token.name,
        "code": request.code,
        "error": request.error,
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
        extra = vars(record).items()
        fields = {name: value for name, value in extra if name not in STANDARD_ATTRIBUTES}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        level, message = record.levelname.lower(), record.getMessage()
        return _line(record.created, level, record.name, message, fields)


def _line(created: float, level: str, logger: str, message: str, fields: dict[str, Any]) -> str:
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds"),
        "level": level,
        "logger": logger,
        "message": message,
        "worker": os.getpid(),
    }
    if has_request_context():
        line["request_id"] = current_request().id
    return orjson.dumps(line | fields, default=str).decode()


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
