"""Text files in UTF-8: any other encoding is refused with the line where it shows."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from rentomatic.errors import InvalidRequest, Problem

# Bytes that are not UTF-8, as "surrogateescape" decodes them, and NUL, of UTF-16 and binary files.
_FOREIGN = re.compile("[\udc80-\udcff\0]")


class Utf8Text:
    """Text that is decoded while it is read; raises InvalidRequest where a file is not UTF-8."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text, self._line = text, 1

    def read(self, size: int) -> str:
        """Return up to so many characters."""
        return self._checked(self._text.read(size))

    def __iter__(self) -> Iterator[str]:
        """Yield the lines, with their ends."""
        return map(self._checked, self._text)

    def _checked(self, text: str) -> str:
        if not text.isascii() or "\0" in text:
            self._check(text)
        self._line += text.count("\n")
        return text

    def _check(self, text: str) -> None:
        if found := _FOREIGN.search(text):
            raise not_utf8(self._line + text.count("\n", 0, found.start()))


@contextmanager
def utf8_text(file: BinaryIO) -> Iterator[Utf8Text]:
    """Yield the text of a file, which stays open."""
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield Utf8Text(text)
    finally:
        text.detach()


def not_utf8(line: int) -> InvalidRequest:
    """Return the error for a file that is not UTF-8 at a line, from 1 on."""
    return InvalidRequest([Problem("file", f"must be text in UTF-8: see line {line}")])
