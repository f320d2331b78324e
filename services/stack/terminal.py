"""`python -m services.stack.terminal [FILE]`: copies the log of the stack from standard input.

The copy goes to standard output, readable if that is a terminal, or to a file, which is rotated.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from logging.handlers import RotatingFileHandler
from typing import Any, BinaryIO

from rentomatic.terminal_text import printable

MAX_FILE_BYTES = 10 * 2**20
PREFIX = " " * 4
UNITS = {"duration_ms": "ms", "duration_s": "s"}


def relay(lines: Iterable[bytes], write: Callable[[bytes], None]) -> None:
    """Write every line at once. Read on if that fails: otherwise the programs would wait."""
    for line in lines:
        with suppress(OSError):  # the terminal is gone, or the disk is full
            write(line)


def to_output(output: BinaryIO) -> Callable[[bytes], None]:
    """Return a function that writes a line to an output, readable if that is a terminal."""
    shown = readable if output.isatty() else bytes

    def write(line: bytes) -> None:
        output.write(shown(line))
        output.flush()

    return write


@contextmanager
def to_file(path: str) -> Iterator[Callable[[bytes], None]]:
    """Yield a function that adds a line to a file and keeps one older file."""
    handler = RotatingFileHandler(
        path, maxBytes=MAX_FILE_BYTES, backupCount=1, encoding="utf-8", errors="surrogateescape"
    )
    handler.terminator = ""

    def write(line: bytes) -> None:
        text = line.decode("utf-8", "surrogateescape")
        handler.emit(logging.makeLogRecord({"msg": text}))

    with closing(handler):
        yield write


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
    logging.raiseExceptions = False
    if sys.argv[1:]:
        with to_file(sys.argv[1]) as add:
            relay(sys.stdin.buffer, add)
    else:
        relay(sys.stdin.buffer, to_output(sys.stdout.buffer))
