"""The formats that rooms are imported from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from rentomatic.imports.csv_rows import peek, read_csv
from rentomatic.imports.geojson_rows import read_geojson
from rentomatic.imports.json_rows import read_json
from rentomatic.imports.ndjson_rows import read_ndjson
from rentomatic.imports.options import ImportOptions
from rentomatic.imports.rows import Row
from rentomatic.imports.text_files import utf8_text


@dataclass(frozen=True)
class RowFormat:
    """A reader of a file format; messages call a row `unit`."""

    read: Callable[[BinaryIO, ImportOptions], Iterator[Row]]
    unit: str = "line"


def peek_csv(file: BinaryIO, count: int) -> tuple[list[str], list[list[str]]]:
    """Return the header and the cells of up to `count` rows, or raise InvalidRequest."""
    with utf8_text(file) as lines:
        return peek(lines, count)


def _csv(file: BinaryIO, options: ImportOptions) -> Iterator[Row]:
    with utf8_text(file) as lines:
        yield from read_csv(lines, options.columns, options.rounding)


def _ndjson(file: BinaryIO, _: ImportOptions) -> Iterator[Row]:
    return read_ndjson(file)


def _json(file: BinaryIO, _: ImportOptions) -> Iterator[Row]:
    with utf8_text(file) as text:
        yield from read_json(text.read)


def _geojson(file: BinaryIO, _: ImportOptions) -> Iterator[Row]:
    with utf8_text(file) as text:
        yield from read_geojson(text.read)


ROW_FORMATS = {
    "csv": RowFormat(_csv),
    "json": RowFormat(_json, unit="element"),
    "ndjson": RowFormat(_ndjson),
    "geojson": RowFormat(_geojson, unit="feature"),
}
