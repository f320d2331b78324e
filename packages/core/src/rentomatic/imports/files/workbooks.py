"""Read a sheet of an Excel file (.xlsx) in a process of its own, with limits of memory and time.

A file of a few bytes can describe a sheet of any size.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any, BinaryIO, cast

from rentomatic.errors import InvalidRequest, Problem

MIB = 2**20
MAX_FILE_BYTES = 64 * MIB
MAX_UNZIPPED_BYTES = 512 * MIB
MAX_CELLS = 5_000_000
BLOCK_BYTES = 2**16
PROGRAM = "rentomatic.imports.files.workbook_program"


def read_sheet(file: BinaryIO, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    """Yield the cells of each row of the sheet, or of the first one; skip blank rows.

    Rows are numbered from 1. Raises InvalidRequest if the file or the sheet is invalid.
    """
    with tempfile.TemporaryFile() as copy:
        _copy(file, copy)
        _check_sizes(copy)
        copy.seek(0)
        command = (sys.executable, "-P", "-m", PROGRAM, sheet)
        with subprocess.Popen(  # noqa: S603 (our own program; the name of the sheet is text)
            command, stdin=copy, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield from _rows(cast(IO[bytes], process.stdout))
            finally:
                process.kill()


def _rows(output: IO[bytes]) -> Iterator[tuple[int, list[Any]]]:
    cells = 0
    for number, line in enumerate(output, 1):
        row = json.loads(line)
        if isinstance(row, dict):
            if row:
                raise InvalidRequest([Problem(*next(iter(row.items())))])
            return
        cells += len(row)
        if cells > MAX_CELLS:
            raise _invalid(f"must not have more than {MAX_CELLS} cells in a sheet")
        if any(cell is not None for cell in row):
            yield number, row
    # The last line is an empty object.
    raise _invalid("needs too much memory or time to be read as an Excel file")


def _copy(file: BinaryIO, copy: IO[bytes]) -> None:
    blocks = iter(lambda: file.read(BLOCK_BYTES), b"")
    for block in islice(blocks, MAX_FILE_BYTES // BLOCK_BYTES):
        copy.write(block)
    if file.read(1):
        raise _invalid(f"must not be larger than {MAX_FILE_BYTES // MIB} MiB as an Excel file")


def _check_sizes(copy: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(copy) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise _invalid("must be an Excel file (.xlsx)") from None
    if size > MAX_UNZIPPED_BYTES:
        raise _invalid(f"must not unpack to more than {MAX_UNZIPPED_BYTES // MIB} MiB")


def _invalid(message: str) -> InvalidRequest:
    return InvalidRequest([Problem("file", message)])
