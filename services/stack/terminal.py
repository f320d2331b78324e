"""`python -m services.stack.terminal [FILE]`: copies the log of the stack from standard input.

Writes to standard output, in a readable format if that is a terminal, or to a rotated file.
"""

import json
import logging
import os
import subprocess
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


@contextmanager
def relayed_output() -> Iterator[None]:
    """Redirect the output of this process to this module's program until the block ends.

    supervisord opens /dev/fd/1, which works for a pipe, but not for a socket, another user's
    terminal, or a file with several writers. STACK_LOG names the file to write instead of stdout.
    """
    log = filter(None, [os.environ.get("STACK_LOG")])
    command = (sys.executable, "-m", "services.stack.terminal", *log)
    read_end, write_end = os.pipe()
    stdout, stderr = os.dup(1), os.dup(2)
    # In a new session, Ctrl-C does not end it before the programs have logged their shutdown.
    with subprocess.Popen(command, stdin=read_end, start_new_session=True):
        os.close(read_end)
        _redirect(write_end, write_end)
        os.close(write_end)
        try:
            yield
        finally:
            sys.stdout.flush()
            _redirect(stdout, stderr)


def _redirect(stdout: int, stderr: int) -> None:
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)


def relay(lines: Iterable[bytes], write: Callable[[bytes], None]) -> None:
    """Write every line; drop lines that cannot be written, so that the programs never block."""
    for line in lines:
        with suppress(OSError):  # the terminal was closed, or the disk is full
            write(line)


def to_output(output: BinaryIO) -> Callable[[bytes], None]:
    """Return a function that writes lines, in a readable format if the output is a terminal."""
    convert = readable if output.isatty() else bytes

    def write(line: bytes) -> None:
        output.write(convert(line))
        output.flush()

    return write


@contextmanager
def to_file(path: str) -> Iterator[Callable[[bytes], None]]:
    """Yield a function that appends lines to a file; one rotated file is kept."""
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
    """Shorten a line in JSON to its time, level and message; escape control characters."""
    try:
        entry = json.loads(line)
        level = f"{printable(entry['level']):<7}"
        head = f"{_local_time(entry['time'])} {level} {_summary(entry)}"
    except (ValueError, LookupError, TypeError, RecursionError):
        text = line.decode("utf-8", "backslashreplace").removesuffix("\n")
        return printable(text).encode() + b"\n" * line.endswith(b"\n")
    text = "\n".join((head, *_indent(str(entry.get("exception", "")))))
    return f"{text}\n".encode()


def _local_time(time: str) -> str:
    return datetime.fromisoformat(time).astimezone().strftime("%H:%M:%S")


def _summary(entry: dict[str, Any]) -> str:
    """Return method, path, status and duration of a request, or the message."""
    if entry["message"] != "request":
        return printable(entry["message"])
    parts = [printable(entry[name]) for name in ("method", "path", "status")]
    return " ".join(
        (*parts, *(f"{entry[name]} {unit}" for name, unit in UNITS.items() if name in entry))
    )


def _indent(text: str) -> list[str]:
    return [PREFIX + printable(line) for line in text.splitlines()]


if __name__ == "__main__":
    logging.raiseExceptions = False
    if sys.argv[1:]:
        with to_file(sys.argv[1]) as add:
            relay(sys.stdin.buffer, add)
    else:
        relay(sys.stdin.buffer, to_output(sys.stdout.buffer))
