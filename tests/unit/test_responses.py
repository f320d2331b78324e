"""What an import reports."""

from rentomatic.errors import Problem
from rentomatic.responses import ImportReport, RejectedRow

ROWS = (
    RejectedRow(2, (Problem("size", "Is missing"),)),
    RejectedRow(7, (Problem("row", "Has 1 cells where the header has 5"),)),
)


def test_an_empty_report_counts_nothing() -> None:
    assert ImportReport() == ImportReport(created=0, updated=0, unchanged=0, rejected=())


def test_reports_add_up() -> None:
    first = ImportReport(created=1, updated=2, unchanged=3, rejected=ROWS[:1])
    second = ImportReport(created=10, updated=20, unchanged=30, rejected=ROWS[1:])

    assert first + second == ImportReport(created=11, updated=22, unchanged=33, rejected=ROWS)
    assert sum([first, second], ImportReport()) == first + second
