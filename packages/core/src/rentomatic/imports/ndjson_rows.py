"""Rooms from lines of JSON (NDJSON), each an object as the API knows it."""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from rentomatic.errors import Problem
from rentomatic.imports.rows import Row, to_rows
from rentomatic.imports.text_files import not_utf8
from rentomatic.requests.bodies import parse_row

MAX_LINE = 2**16  # bytes, hundreds of times those of a room


def read_ndjson(file: BinaryIO) -> Iterator[Row]:
    """Yield each line as its room or as rejected; blank lines are skipped."""
    return to_rows(_records(file), parse_row, {"body": "row"})


def _records(file: BinaryIO) -> Iterator[tuple[int, bytes | Problem]]:
    lines = iter(partial(file.readline, MAX_LINE), b"")
    for number, line in enumerate(lines, 1):
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            _skip_line(file)
            yield number, Problem("row", f"must not be longer than {MAX_LINE} bytes")
        elif line.strip():
            _check_utf8(line, number)
            yield number, line


def _check_utf8(line: bytes, number: int) -> None:
    try:
        line.decode()
    except UnicodeDecodeError:
        raise not_utf8(number) from None
    if b"\0" in line:
        raise not_utf8(number)


def _skip_line(file: BinaryIO) -> None:
    """Read up to the end of a line, without keeping what it is."""
    while (part := file.readline(MAX_LINE)) and not part.endswith(b"\n"):
        pass
