"""Excel files for tests: the smallest that a reader accepts."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

Cell = str | float | None

SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="{SHEETS}"/>
</Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
RELATION = (
    '<Relationship Id="rId{0}" Target="{1}" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{2}"/>'
)
WORKBOOK = """<?xml version="1.0" encoding="UTF-8"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{}</sheets></workbook>"""
SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{}</sheetData></worksheet>"""


def workbook(**sheets: Sequence[Sequence[Cell]]) -> bytes:
    """Return an Excel file with the rows of each sheet."""
    return packed({name: SHEET.format("".join(map(_row, rows))) for name, rows in sheets.items()})


def packed(sheets: dict[str, str]) -> bytes:
    """Return an Excel file with the XML of each sheet."""
    file = io.BytesIO()
    numbers = range(1, len(sheets) + 1)
    relations = (RELATION.format(n, f"worksheets/sheet{n}.xml", "worksheet") for n in numbers)
    listed = (
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        start = RELATION.format(1, "xl/workbook.xml", "officeDocument")
        archive.writestr("_rels/.rels", RELATIONS.format(start))
        archive.writestr("xl/workbook.xml", WORKBOOK.format("".join(listed)))
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format("".join(relations)))
        for number, xml in zip(numbers, sheets.values(), strict=True):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", xml)
    return file.getvalue()


def _row(cells: Sequence[Cell]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: Cell) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"
