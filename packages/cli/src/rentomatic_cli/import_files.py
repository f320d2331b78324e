"""The file of an import on the command line: its format, compression and progress."""

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.formats import FORMATS_OF_SUFFIXES

BLOCK_BYTES = 2**16


class Source(NamedTuple):
    """A file in a format of ROW_FORMATS. `raw` is the file as it is stored, maybe compressed."""

    file: BinaryIO
    format: str
    raw: BinaryIO

    @property
    def size(self) -> int:
        """The size of the stored file in bytes; 0 for a pipe."""
        if not self.raw.seekable():
            return 0
        position = self.raw.tell()
        size = self.raw.seek(0, os.SEEK_END)
        self.raw.seek(position)
        return size


@contextmanager
def open_source(raw: BinaryIO, format_: str | None, is_read_twice: bool) -> Iterator[Source]:
    """Unpack a file whose name ends in .gz, and make a pipe seekable if it is read twice."""
    name = Path(str(getattr(raw, "name", "")).lower())
    with ExitStack() as stack:
        file = raw
        if name.suffix == ".gz":
            file, name = cast(BinaryIO, stack.enter_context(gzip.open(raw))), name.with_suffix("")
        if is_read_twice and not file.seekable():
            file = _copy(file, stack.enter_context(tempfile.TemporaryFile()))
        suffix = name.suffix.removeprefix(".")
        try:
            yield Source(file, format_ or FORMATS_OF_SUFFIXES.get(suffix, "csv"), raw)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InvalidRequest([Problem("file", f"is invalid gzip: {error}")]) from None


def _copy(file: BinaryIO, copy: BinaryIO) -> BinaryIO:
    while block := file.read(BLOCK_BYTES):
        copy.write(block)
    copy.seek(0)
    return copy
