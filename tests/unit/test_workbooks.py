"""Excel files: their sheets, their cells, and files that would need too much of a machine."""

import io
import zipfile

import pytest

from rentomatic.domain.room import REQUIRED
from rentomatic.errors import InvalidRequest
from rentomatic.imports.files import workbooks
from tests.imports import rejected, rows_of
from tests.rooms import room
from tests.workbooks import SHEET, Cell, packed, workbook

HEADER: list[Cell] = [*REQUIRED]


def cells(number: int = 1, **changes: Cell) -> list[Cell]:
    return list((vars(room(number)) | changes).values())


def problem_of(content: bytes, **parameters: str) -> str:
    with pytest.raises(InvalidRequest) as failure:
        rows_of("xlsx", content, parameters)
    return str(failure.value.problems[0])


def test_each_row_of_the_first_sheet_is_a_room() -> None:
    content = workbook(Rooms=[HEADER, cells(1), cells(2)], Notes=[["a note"]])

    assert rows_of("xlsx", content) == [room(1), room(2)]


def test_another_sheet_can_be_named() -> None:
    content = workbook(Notes=[["a note"]], Rooms=[HEADER, cells(1)])

    assert rows_of("xlsx", content, {"sheet": "Rooms"}) == [room(1)]
    assert problem_of(content, sheet="Flats") == (
        "sheet: is not in the file; the sheets are Notes, Rooms"
    )


def test_rows_are_named_by_their_number_in_the_sheet() -> None:
    blank: list[Cell] = [None] * len(HEADER)
    content = workbook(Rooms=[blank, ["Our rooms"], HEADER, cells(1), blank, cells(2, price="x")])

    assert rows_of("xlsx", content) == [
        room(1),
        rejected(6, "price", "must be a whole number from 0 to 2147483647"),
    ]


def test_numbers_may_be_text_and_text_may_be_blank() -> None:
    content = workbook(Rooms=[HEADER, cells(1, price="50 €/day", size=20.0)])

    assert rows_of("xlsx", content) == [room(1)]


def test_an_id_that_excel_has_rounded_is_rejected() -> None:
    header: list[Cell] = ["id", *HEADER[1:]]
    rows = [header, [2935092355.0, *cells()[1:]], [5.54e17, *cells()[1:]]]

    good, bad = rows_of("xlsx", workbook(Rooms=rows), {"source": "acme", "reference": "id"})

    assert vars(good)["reference"] == "2935092355"
    advice = "export the column as text"
    message = f"is an id that a spreadsheet has rounded: 5.54e+17; {advice}"
    assert bad == rejected(3, "id", message)


@pytest.mark.parametrize("content", [b"", b"PK", b"code,size\n", workbook()[:300]])
def test_another_file_is_refused(content: bytes) -> None:
    assert problem_of(content) == "file: must be an Excel file (.xlsx)"


def test_a_zip_file_without_a_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x", "x")

    assert problem_of(file.getvalue()) == "file: must be an Excel file (.xlsx)"


def test_a_file_that_unpacks_to_very_much_is_refused_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNZIPPED_BYTES", workbooks.MIB)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(workbooks.MIB + 1))

    assert "must not unpack to more than" in problem_of(file.getvalue())


def test_a_sheet_that_needs_too_much_memory_is_refused() -> None:
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = packed({"Rooms": SHEET.format(f'<row r="1"><c r="A1"><v>1</v></c></row>{corner}')})

    assert "needs too much memory or time" in problem_of(content)


def test_a_sheet_may_have_many_cells_and_not_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_CELLS", 10)

    assert rows_of("xlsx", workbook(Rooms=[HEADER, cells(1)])) == [room(1)]
    assert problem_of(workbook(Rooms=[HEADER, cells(1), cells(2)])) == (
        "file: must not have more than 10 cells in a sheet"
    )


def test_a_file_may_be_large_and_not_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_FILE_BYTES", workbooks.BLOCK_BYTES)

    assert "must not be larger than" in problem_of(bytes(workbooks.BLOCK_BYTES + 1))
