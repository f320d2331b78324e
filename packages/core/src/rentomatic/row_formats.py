"""The formats that rooms are imported from."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from rentomatic.csv_rows import peek, read_csv
from rentomatic.geojson_rows import read_geojson
from rentomatic.imports import Import
from rentomatic.json_rows import read_ndjson
from rentomatic.records import Row


@dataclass(frozen=True)
class RowFormat:
    """A way to read rooms out of a file, and what its rows are numbered by."""

    read: Callable[[BinaryIO, Import], Iterator[Row]]
    unit: str = "line"


def peek_csv(file: BinaryIO, count: int) -> tuple[list[str], list[list[str]]]:
    """Return the header of a CSV file and the cells of its first rows, or raise InvalidRequest."""
    with _text(file) as lines:
        return peek(lines, count)


def _csv(file: BinaryIO, wanted: Import) -> Iterator[Row]:
    with _text(file) as lines:
        yield from read_csv(lines, wanted.columns, wanted.rounding)


def _ndjson(file: BinaryIO, _: Import) -> Iterator[Row]:
    return read_ndjson(file)


def _geojson(file: BinaryIO, _: Import) -> Iterator[Row]:
    with _text(file) as text:
        yield from read_geojson(text)


@contextmanager
def _text(file: BinaryIO) -> Iterator[TextIO]:
    # Bytes that are no UTF-8 survive as surrogates: only a cell that matters is refused for them.
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield text
    finally:
        text.detach()  # it would close a file that is not its own


ROW_FORMATS = {
    "csv": RowFormat(_csv),
    "ndjson": RowFormat(_ndjson),
    "geojson": RowFormat(_geojson, unit="feature"),
}
