"""Between the programs of the stack and a terminal: a line of the log becomes one that is read."""

import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, BinaryIO

from rentomatic.alignment import printable

PREFIX = " " * 4
UNITS = {"duration_ms": "ms", "duration_s": "s"}


def relay(lines: Iterable[bytes], terminal: BinaryIO) -> None:
    """Write every line as soon as it is there, and read on even when the terminal is gone."""
    for line in lines:
        with suppress(OSError):
            terminal.write(readable(line))
            terminal.flush()


def readable(line: bytes) -> bytes:
    """Return a line of the log in short, and any other line without control characters."""
    try:
        entry = json.loads(line)
        head = " ".join((_clock(entry["time"]), f"{printable(entry['level']):<7}", _said(entry)))
    except (ValueError, LookupError, TypeError, RecursionError):
        text = line.decode("utf-8", "backslashreplace").removesuffix("\n")
        return printable(text).encode() + b"\n" * line.endswith(b"\n")
    text = "\n".join((head, *_indented(str(entry.get("exception", "")))))
    return f"{text}\n".encode()


def _clock(time: str) -> str:
    """Return the time of day where the terminal is."""
    return datetime.fromisoformat(time).astimezone().strftime("%H:%M:%S")


def _said(entry: dict[str, Any]) -> str:
    """Return what was asked and how it was answered, or what else there is to say."""
    if entry["message"] != "request":
        return printable(entry["message"])
    parts = [printable(entry[name]) for name in ("method", "path", "status")]
    return " ".join(
        (*parts, *(f"{entry[name]} {unit}" for name, unit in UNITS.items() if name in entry))
    )


def _indented(text: str) -> list[str]:
    return [PREFIX + printable(line) for line in text.splitlines()]


if __name__ == "__main__":
    relay(sys.stdin.buffer, sys.stdout.buffer)
