"""The formats that rooms are imported from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from rentomatic.domain.room import REQUIRED
from rentomatic.imports.files.delimited import IsHeader, read_delimited
from rentomatic.imports.files.encodings import Text, open_text
from rentomatic.imports.files.geojson import read_features
from rentomatic.imports.files.headers import find_header
from rentomatic.imports.files.objects import read_array, read_lines
from rentomatic.imports.files.tables import Numbered, Table
from rentomatic.imports.files.workbooks import read_sheet
from rentomatic.imports.options import ImportOptions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class RowFormat:
    """A media type, and the function that reads its files; messages call a row `unit`."""

    media_type: str
    read: Callable[[BinaryIO, ImportOptions], Table]
    unit: str = "line"


def _csv(file: BinaryIO, options: ImportOptions) -> Table:
    text = _text(file, options)
    table = read_delimited(text, options.delimiter, options.header, _is_header(options))
    table.facts = {"encoding": text.encoding, **table.facts}
    return table


def _xlsx(file: BinaryIO, options: ImportOptions) -> Table:
    header, rows, facts = find_header(
        read_sheet(file, options.sheet), options.header, _is_header(options)
    )
    return Table(rows, header, {**facts})


def _objects(
    read: Callable[[Text], Iterator[Numbered]],
) -> Callable[[BinaryIO, ImportOptions], Table]:
    def table(file: BinaryIO, options: ImportOptions) -> Table:
        text = _text(file, options)
        return Table(read(text), None, {"encoding": text.encoding})

    return table


ROW_FORMATS = {
    "csv": RowFormat("text/csv", _csv),
    "json": RowFormat("application/json", _objects(read_array), unit="element"),
    "ndjson": RowFormat("application/x-ndjson", _objects(read_lines)),
    "geojson": RowFormat("application/geo+json", _objects(read_features), unit="feature"),
    "xlsx": RowFormat(XLSX, _xlsx, unit="row"),
}

FORMATS_OF_SUFFIXES = {
    **{name: name for name in ROW_FORMATS},
    "jsonl": "ndjson",
    "tsv": "csv",
    "txt": "csv",
}


def _text(file: BinaryIO, options: ImportOptions) -> Text:
    return open_text(file, options.encoding, options.is_guessing)


def _is_header(options: ImportOptions) -> IsHeader:
    """Return the function that recognizes a header: it has each required column of a room."""
    named = {name: (name,) for name in REQUIRED if name not in options.constants} | dict(
        options.columns
    )
    if options.makes_codes:
        named.pop("code", None)
    wanted = {column for columns in named.values() for column in columns}

    def is_header(cells: Sequence[Any]) -> bool:
        return wanted <= {str(cell).strip() for cell in cells}

    return is_header
