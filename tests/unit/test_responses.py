"""Import reports."""

from rentomatic.errors import Problem, RejectedRow
from rentomatic.responses import MAX_LISTED_ROWS, ImportReport

ROWS = (
    RejectedRow(2, (Problem("size", "is missing"),)),
    RejectedRow(7, (Problem("row", "has 1 cells, but the header has 5"),)),
)


def test_an_empty_report_counts_nothing() -> None:
    assert ImportReport() == ImportReport(created=0, updated=0, unchanged=0, rejected=0, rows=())


def test_reports_add_up() -> None:
    first = ImportReport(created=1, updated=2, unchanged=3, rejected=1, rows=ROWS[:1])
    second = ImportReport(created=10, updated=20, unchanged=30, rejected=5, rows=ROWS[1:])

    assert first + second == ImportReport(11, 22, 33, 6, ROWS)
    assert sum([first, second], ImportReport()) == first + second


def test_a_sum_lists_no_more_rows_than_a_report_may() -> None:
    full = ImportReport(rejected=MAX_LISTED_ROWS, rows=ROWS * (MAX_LISTED_ROWS // len(ROWS)))

    assert full + full == ImportReport(rejected=2 * MAX_LISTED_ROWS, rows=full.rows)
