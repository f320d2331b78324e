"""How log records are written: one JSON object a line, on standard output."""

import logging
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import g, has_request_context

PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JSONFormatter(logging.Formatter):
    """Writes a record, whatever was added to it, and the id of the request it belongs to."""

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
        line |= {name: value for name, value in vars(record).items() if name not in PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def logging_config() -> dict[str, Any]:
    """Return what logging.config.dictConfig takes, for the application and gunicorn alike."""
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
            "gunicorn.error": {"level": "INFO", "propagate": True},
            "rentomatic_web": {"level": "INFO"},
        },
    }
