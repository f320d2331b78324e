"""Read the rows of a CSV file (RFC 4180), with any delimiter, and lines before the header."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from rentomatic.errors import Problem
from rentomatic.imports.files.headers import find_header
from rentomatic.imports.files.tables import Table

DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
SAMPLE_LINES = 50
# These errors of csv.reader occur inside a quoted cell. The rest of the file is not read, because
# the text of the cell would be parsed as rows.
FATAL_ERRORS = ("field larger", "unexpected end")

Cells = tuple[int, list[str] | Problem]
IsHeader = Callable[[Sequence[str]], bool]


def read_delimited(
    lines: Iterable[str], delimiter: str, header: str, is_header: IsHeader
) -> Table:
    """Find the delimiter and the header, unless these options name them; see find_header.

    Rows are numbered by their first line; blank lines are skipped.
    """
    lines = iter(lines)
    first = list(islice(lines, SAMPLE_LINES))
    named = DELIMITERS.get(delimiter) or _named_delimiter(first)
    character = named or _find_delimiter(first, is_header)
    skipped = 1 if _named_delimiter(first) else 0
    rows = _number_rows(chain(first[skipped:], lines), character, skipped)
    names, numbered, facts = find_header(rows, header, is_header)
    label = next(name for name, each in DELIMITERS.items() if each == character)
    return Table(numbered, names, {"delimiter": label, **facts})


def _named_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter in the first line that Excel writes, `sep=;`."""
    line = lines[0].rstrip("\r\n") if lines else ""
    named = line.removeprefix("sep=")
    return named if named != line and named in DELIMITERS.values() else ""


def _find_delimiter(lines: Sequence[str], is_header: IsHeader) -> str:
    """Return the delimiter by which most rows have the same number of cells, and more than one."""
    best, best_score = ",", (False, 0.0, 1)
    for delimiter in DELIMITERS.values():
        rows = [cells for _, cells in _number_rows(lines, delimiter) if isinstance(cells, list)]
        widths = Counter(map(len, rows))
        width, count = max(widths.items(), key=lambda each: each[::-1], default=(1, 0))
        share = round(count / len(rows), 1) if width > 1 else 0.0
        score = (any(map(is_header, rows)), share, width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _number_rows(lines: Iterable[str], delimiter: str, skipped: int = 0) -> Iterator[Cells]:
    """Yield the first line of each row, and its cells or the problem; skip blank lines."""
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader, None)
        except csv.Error as error:
            is_fatal = str(error).startswith(FATAL_ERRORS)
            unread = ", and the rest was not read" if is_fatal else ""
            yield line, Problem("row", f"is invalid CSV: {error}{unread}")
            cells = None if is_fatal else []
        if cells is None:
            return
        if cells:
            yield line, cells
