"""Facets and import reports as plain dicts, and rejected rows as CSV."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rentomatic.domain.conditions import Filters
from rentomatic.domain.room import Value
from rentomatic.errors import RejectedRow
from rentomatic.requests.formulas import guarded
from rentomatic.responses import Facets, ImportReport
from rentomatic.serializers.formats import csv_row

LISTS = ("rows", "withdrawn_codes")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,' ]*")


def facets_to_dict(facets: Facets, filters: Filters) -> dict[str, object]:
    """Return the members of facets; `without` is keyed by the query parameter that was dropped."""
    fields = {name: asdict(facet) for name, facet in facets.fields.items()}
    names = (condition.parameter for condition in filters)
    without = dict(zip(names, facets.without, strict=bool(facets.without)))
    words = {name: _word_counts(counts) for name, counts in facets.words.items() if counts}
    return {"count": facets.count, **fields, **words, "without": without}


def _word_counts(counts: dict[str, int]) -> list[dict[str, str | int]]:
    return [{"value": word, "count": count} for word, count in counts.items()]


def report_to_dict(
    report: ImportReport, reasons: Mapping[tuple[str, str], int], facts: Mapping[str, Any]
) -> dict[str, object]:
    """Return the members of a report; `errors` has one item for each problem."""
    counts = {name: count for name, count in vars(report).items() if name not in LISTS}
    if report.withdrawn_codes:
        counts["withdrawn_codes"] = report.withdrawn_codes
    errors = rejected_to_list(report.rows)
    return {**counts, "errors": errors, "reasons": reasons_to_list(reasons), "file": dict(facts)}


def reasons_to_list(reasons: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Return the number of problems by column and reason, the most frequent first."""
    ordered = sorted(reasons.items(), key=lambda each: -each[1])
    return [
        {"column": column, "reason": reason, "count": count} for (column, reason), count in ordered
    ]


def rejected_to_list(rows: Iterable[RejectedRow]) -> list[dict[str, Value]]:
    """Return each problem of the rows as row, column and message."""
    return [
        {"row": row.row, "column": problem.parameter, "message": problem.message}
        for row in rows
        for problem in row.problems
    ]


def rejected_to_csv(header: Sequence[str], rows: Iterable[RejectedRow]) -> Iterator[str]:
    """Yield a header and the cells of each row, with its number and its problems.

    `header` has the names of the cells, or of the members that JSON objects have. An import of the
    file reads the same cells; formulas are guarded.
    """
    yield csv_row((*header, "row", "reason"))
    for row in rows:
        is_object = isinstance(row.cells, dict)
        cells = [row.cells.get(name) for name in header] if is_object else row.cells
        texts = [_cell(cell) for cell in cells]
        texts += [""] * (len(header) - len(texts))
        reason = _cell("; ".join(map(str, row.problems)))
        # Cells of a row that is too long come last.
        yield csv_row((*texts[: len(header)], row.row, reason, *texts[len(header) :]))


def _cell(value: Any) -> str:
    """Return a cell as text; numbers stay numbers for spreadsheets."""
    if isinstance(value, str):
        return value if _NUMBER.fullmatch(value) else guarded(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False)
