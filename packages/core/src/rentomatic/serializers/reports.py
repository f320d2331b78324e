"""Facets and import reports as plain dicts, and rejected rows as CSV."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from rentomatic.domain.conditions import Filters
from rentomatic.domain.room import Value
from rentomatic.errors import RejectedRow
from rentomatic.requests.formulas import guarded
from rentomatic.responses import Facets, ImportReport
from rentomatic.serializers.formats import csv_row


def facets_to_dict(facets: Facets, filters: Filters) -> dict[str, object]:
    """Return the members of facets; `without` is keyed by the query parameter that was dropped."""
    fields = {name: asdict(facet) for name, facet in facets.fields.items()}
    names = (condition.parameter for condition in filters)
    without = dict(zip(names, facets.without, strict=bool(facets.without)))
    words = {name: _word_counts(counts) for name, counts in facets.words.items() if counts}
    return {"count": facets.count, **fields, **words, "without": without}


def _word_counts(counts: dict[str, int]) -> list[dict[str, str | int]]:
    return [{"value": word, "count": count} for word, count in counts.items()]


def report_to_dict(report: ImportReport) -> dict[str, object]:
    """Return the members of a report; `errors` has one item for each problem."""
    counts = {name: count for name, count in vars(report).items() if name != "rows"}
    return {**counts, "errors": rejected_to_list(report.rows)}


def rejected_to_list(rows: Iterable[RejectedRow]) -> list[dict[str, Value]]:
    """Return each problem of the rows as row, column and message."""
    return [
        {"row": row.row, "column": problem.parameter, "message": problem.message}
        for row in rows
        for problem in row.problems
    ]


def rejected_to_csv(rows: Iterable[RejectedRow]) -> Iterator[str]:
    """Yield a header and one line for each problem; formulas are escaped."""
    yield csv_row(("row", "column", "message"))
    for row in rows:
        for problem in rejected_to_list([row]):
            yield csv_row(guarded(str(cell)) for cell in problem.values())
