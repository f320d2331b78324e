"""The log for people: each line of JSON as a short line of text; other lines pass as they are.

`python -m services.stack.readable` copies its input so to its output.
"""

import json
import sys
from datetime import datetime
from textwrap import indent
from typing import Any

REQUEST = "request"
# What the start of a line says, or what only programs need.
TOLD = frozenset(
    {"time", "level", "logger", "message", "exception", "request_id", "worker", "route"}
    | {"method", "path", "status", "duration_ms", "duration_s"}
)


def readable(line: str) -> str:
    """Return a line of the log as people read it, in local time; with its end, if it has one."""
    try:
        record = json.loads(line)
        moment = datetime.fromisoformat(record["time"]).astimezone()
        start = f"{moment:%H:%M:%S} {record['level'].upper():<7} {_summary(record)}"
    except (ValueError, TypeError, KeyError, AttributeError):
        return line
    more = [f"{name}={value}" for name, value in record.items() if name not in TOLD]
    text = " ".join([start, *more]) + "\n"
    return text + indent(record["exception"] + "\n", "    ") if "exception" in record else text


def _summary(record: dict[str, Any]) -> str:
    if record["message"] != REQUEST:
        return f"{record['logger']}: {record['message']}"
    milliseconds = record.get("duration_ms", 1000 * record.get("duration_s", 0))
    return f"{record['method']} {record['path']} {record['status']} {milliseconds:.1f} ms"


if __name__ == "__main__":
    for each in sys.stdin:
        sys.stdout.write(readable(each))
        sys.stdout.flush()
