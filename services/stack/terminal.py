"""Between the programs of the stack and a terminal: a line of the log becomes one that is read."""

import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, BinaryIO

PREFIX = " " * 4
UNITS = {"duration_ms": "ms", "duration_s": "s"}


def relay(lines: Iterable[bytes], terminal: BinaryIO) -> None:
    """Write every line as soon as it is there, and read on even when the terminal is gone."""
    for line in lines:
        with suppress(OSError):
            terminal.write(readable(line))
            terminal.flush()


def readable(line: bytes) -> bytes:
    """Return what a line of the log says in short, and any other line as it is."""
    try:
        entry = json.loads(line)
        head = " ".join((_clock(entry["time"]), f"{_shown(entry['level']):<7}", _said(entry)))
    except (ValueError, LookupError, TypeError, RecursionError):
        return line
    text = "\n".join((head, *_indented(str(entry.get("exception", "")))))
    return f"{text}\n".encode()


def _clock(time: str) -> str:
    """Return the time of day where the terminal is."""
    return datetime.fromisoformat(time).astimezone().strftime("%H:%M:%S")


def _said(entry: dict[str, Any]) -> str:
    """Return what was asked and how it was answered, or what else there is to say."""
    if entry["message"] != "request":
        return _shown(entry["message"])
    parts = [_shown(entry[name]) for name in ("method", "path", "status")]
    return " ".join(
        (*parts, *(f"{entry[name]} {unit}" for name, unit in UNITS.items() if name in entry))
    )


def _indented(text: str) -> list[str]:
    return [PREFIX + _shown(line) for line in text.splitlines()]


def _shown(value: object) -> str:
    """Return text in which nothing makes a terminal do more than show it: paths are clients'."""
    text = str(value)
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


if __name__ == "__main__":
    relay(sys.stdin.buffer, sys.stdout.buffer)
