"""`python -m rentomatic.imports.files.workbook_program [SHEET]`: print a sheet as lines of JSON.

Reads an Excel file from standard input. A line is the list of the cells of a row. The last line is
an object: empty, or with the message of a problem by its parameter.
"""

import json
import resource
import sys
from datetime import date, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

MAX_MEMORY_BYTES = 768 * 2**20
MAX_SECONDS = 10  # of processor time


def main(sheet: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(_print_rows(sheet)))


def _print_rows(sheet: str) -> dict[str, str]:
    try:
        with CalamineWorkbook.from_filelike(sys.stdin.buffer) as workbook:
            names = workbook.sheet_names
            if sheet and sheet not in names:
                return {"sheet": f"is not in the file; the sheets are {', '.join(names)}"}
            if not names:
                return {"file": "must have a sheet"}
            found = workbook.get_sheet_by_name(sheet or names[0])
            for row in found.iter_rows():
                print(json.dumps([_cell(value) for value in row]))
    except WorksheetNotFound:
        return {"sheet": "must be a sheet with cells"}
    except (CalamineError, OSError):
        return {"file": "must be an Excel file (.xlsx)"}
    return {}


def _cell(value: Any) -> Any:
    """Convert a cell to a JSON value."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else value


if __name__ == "__main__":
    main(*sys.argv[1:2] or [""])
