"""Decode text files, and reject those that are not UTF-8 with the number of the line."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from rentomatic.errors import InvalidRequest, Problem

# Invalid bytes, as "surrogateescape" decodes them, and NUL, which UTF-16 and binary files contain.
_NOT_UTF8 = re.compile("[\udc80-\udcff\0]")


class Utf8Text:
    """A text file that raises InvalidRequest when a part that is not UTF-8 is read."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text, self._line = text, 1

    def read(self, size: int) -> str:
        return self._checked(self._text.read(size))

    def __iter__(self) -> Iterator[str]:
        """Yield the lines, including their newlines."""
        return map(self._checked, self._text)

    def _checked(self, text: str) -> str:
        if not text.isascii() or "\0" in text:
            self._check(text)
        self._line += text.count("\n")
        return text

    def _check(self, text: str) -> None:
        if match := _NOT_UTF8.search(text):
            raise not_utf8(self._line + text.count("\n", 0, match.start()))


@contextmanager
def utf8_text(file: BinaryIO) -> Iterator[Utf8Text]:
    """Read a file as UTF-8, with or without a byte order mark; the file stays open."""
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield Utf8Text(text)
    finally:
        text.detach()


def not_utf8(line: int) -> InvalidRequest:
    """Return the error for a line, counted from 1."""
    return InvalidRequest([Problem("file", f"must be text in UTF-8: see line {line}")])
