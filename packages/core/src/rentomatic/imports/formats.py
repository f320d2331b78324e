"""The formats that rooms are imported from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rentomatic.imports.csv_rows import peek, read_csv
from rentomatic.imports.geojson_rows import read_geojson
from rentomatic.imports.json_rows import read_json
from rentomatic.imports.ndjson_rows import read_ndjson
from rentomatic.imports.options import Import
from rentomatic.imports.rows import Row
from rentomatic.imports.text_files import utf8_text


@dataclass(frozen=True)
class RowFormat:
    """A way to read rooms out of a file, and what its rows are numbered by."""

    read: Callable[[BinaryIO, Import], Iterator[Row]]
    unit: str = "line"


def peek_csv(file: BinaryIO, count: int) -> tuple[list[str], list[list[str]]]:
    """Return the header of a CSV file and the cells of its first rows, or raise InvalidRequest."""
    with utf8_text(file) as lines:
        return peek(lines, count)


def _csv(file: BinaryIO, wanted: Import) -> Iterator[Row]:
    with utf8_text(file) as lines:
        yield from read_csv(lines, wanted.columns, wanted.rounding)


def _ndjson(file: BinaryIO, _: Import) -> Iterator[Row]:
    return read_ndjson(file)


def _json(file: BinaryIO, _: Import) -> Iterator[Row]:
    with utf8_text(file) as text:
        yield from read_json(text.read)


def _geojson(file: BinaryIO, _: Import) -> Iterator[Row]:
    with utf8_text(file) as text:
        yield from read_geojson(text.read)


ROW_FORMATS = {
    "csv": RowFormat(_csv),
    "json": RowFormat(_json, unit="element"),
    "ndjson": RowFormat(_ndjson),
    "geojson": RowFormat(_geojson, unit="feature"),
}
