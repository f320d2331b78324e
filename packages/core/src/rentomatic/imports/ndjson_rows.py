"""Read rooms from NDJSON: one JSON object per line, in the format of the API."""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from rentomatic.errors import Problem
from rentomatic.imports.rows import Row, parse_rows
from rentomatic.imports.text_files import not_utf8
from rentomatic.requests.bodies import parse_row

MAX_LINE_BYTES = 2**16  # a room has about 150


def read_ndjson(file: BinaryIO) -> Iterator[Row]:
    """Yield a room or a rejected row for each line; skip blank lines."""
    return parse_rows(_number_lines(file), parse_row, {"body": "row"})


def _number_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | Problem]]:
    lines = iter(partial(file.readline, MAX_LINE_BYTES), b"")
    for number, line in enumerate(lines, 1):
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_line(file)
            yield number, Problem("row", f"must not be longer than {MAX_LINE_BYTES} bytes")
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
    while (part := file.readline(MAX_LINE_BYTES)) and not part.endswith(b"\n"):
        pass
