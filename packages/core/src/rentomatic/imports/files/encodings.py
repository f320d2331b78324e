"""Decode text files: by byte order mark, by name, as UTF-8, or in a guessed encoding."""

import codecs
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from rentomatic.errors import InvalidRequest, Problem

UTF_8 = "utf-8"
SAMPLE_BYTES = 2**16
TOO_LONG = 2**20  # characters of a line
# Invalid bytes, as "surrogateescape" decodes them, and NUL, which UTF-16 and binary files contain.
_NOT_TEXT = re.compile("[\udc80-\udcff\0]")
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is the beginning of this one
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Encodings of names and source text, not of files.
UNSUITABLE = {"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "utf_7"}
UNSUITABLE |= {"unicode_escape"}
# Encodings that files of offers have, from the most frequent; charset-normalizer knows rarer ones.
GUESSED = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859_2", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr", "mac_roman", "cp850"),
]
# How much more disorder charset-normalizer may find in a more frequent encoding.
MAX_MORE_DISORDER = 0.02
# Signs that are letters in cp1250, where Western text has letters around them.
_SIGN_IN_WORD = re.compile("[a-z][¹³¿]|[¹³¿£¥][a-z]")
# Frequent Japanese characters in cp932, one after another; other text has single such pairs.
_JAPANESE = re.compile(rb"(?:[\x81-\x9f][\x40-\x7e\x80-\xfc]){2,}")


class Text:
    """A text file in `encoding`; reading a part that is not text raises InvalidRequest."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.encoding = encoding.removesuffix("-sig")
        codec = "utf-8-sig" if self.encoding == UTF_8 else encoding
        errors = "surrogateescape" if self.encoding == UTF_8 else "strict"
        self._text = io.TextIOWrapper(file, codec, errors=errors, newline="")
        self._line = 1

    def read(self, size: int) -> str:
        return self._checked(self._decoded(size))

    def read_line(self, size: int) -> str:
        """Return the next line with its end, or the first `size` characters of a longer one."""
        return self._checked(self._decoded(size, is_line=True))

    def __iter__(self) -> Iterator[str]:
        """Yield the lines, including their newlines; a very long one raises InvalidRequest."""
        if self.encoding == UTF_8:
            return map(self._checked_line, iter(partial(self._text.readline, TOO_LONG), ""))
        return map(self._checked_line, iter(partial(self._decoded, TOO_LONG, is_line=True), ""))

    def _decoded(self, size: int, is_line: bool = False) -> str:
        try:
            return self._text.readline(size) if is_line else self._text.read(size)
        except UnicodeError:
            raise _not_text(self.encoding, self._line) from None

    def _checked_line(self, line: str) -> str:
        # A compressed file of a few bytes can have a line of any length.
        if len(line) == TOO_LONG:
            message = (
                f"must have fewer than {TOO_LONG} characters in a line: see line {self._line}"
            )
            raise InvalidRequest([Problem("file", message)])
        if (not line.isascii() or "\0" in line) and _NOT_TEXT.search(line):
            raise _not_text(self.encoding, self._line)
        self._line += 1
        return line

    def _checked(self, text: str) -> str:
        if (not text.isascii() or "\0" in text) and (match := _NOT_TEXT.search(text)):
            raise _not_text(self.encoding, self._line + text.count("\n", 0, match.start()))
        self._line += text.count("\n")
        return text


def open_text(file: BinaryIO, name: str = "", is_guessing: bool = False) -> Text:
    """Decode a file, which stays open; a byte order mark takes precedence over `name`.

    A file without both is UTF-8. If it is not, and with `is_guessing`, the encoding is guessed.
    """
    sample = file.read(SAMPLE_BYTES)
    marks = (codec for mark, codec in BYTE_ORDER_MARKS.items() if sample.startswith(mark))
    marked = next(marks, "")
    encoding = marked or name or (_guess(sample) if is_guessing else UTF_8)
    return Text(io.BufferedReader(_Rejoined(sample, file), SAMPLE_BYTES), encoding)


def encoding_name(text: str) -> str:
    """Return Python's name of an encoding, or raise ValueError."""
    try:
        found = codecs.lookup(text)
        is_text = "".encode(found.name) is not None
    except (LookupError, UnicodeError, ValueError):
        is_text = False
    if not is_text or found.name.replace("-", "_") in UNSUITABLE:
        raise ValueError("must be the name of an encoding, such as utf-8 or windows-1252")
    return found.name


class _Rejoined(io.RawIOBase):
    """A file from whose beginning a sample has been read; closing it leaves the file open."""

    def __init__(self, sample: bytes, file: BinaryIO) -> None:
        self._sample, self._file = memoryview(sample), file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._sample[: len(buffer)] or self._file.read(len(buffer))
        self._sample = self._sample[len(part) :]
        buffer[: len(part)] = part
        return len(part)


def _guess(sample: bytes) -> str:
    """Return the most probable encoding of the sample, which may end inside a character."""
    if b"\0" in sample or _is_utf_8(sample):
        return UTF_8
    # Imported on use: the core needs the standard library alone for other files.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    whole_lines = sample[: sample.rfind(b"\n") + 1] or sample
    matches = list(from_bytes(whole_lines, cp_isolation=GUESSED))
    disorder = min((match.chaos for match in matches), default=0.0) + MAX_MORE_DISORDER
    good = (match.could_be_from_charset for match in matches if match.chaos <= disorder)
    names = sorted({name for names in good for name in names}, key=GUESSED.index)
    if "cp932" in names and _is_japanese(whole_lines):
        return "cp932"
    if "cp1252" in names and _SIGN_IN_WORD.search(whole_lines.decode("cp1252", "replace")):
        return "cp1250"
    return (names or GUESSED)[0]


def _is_japanese(sample: bytes) -> bool:
    """Tell whether half of the bytes that are not ASCII are in such characters."""
    others = sum(byte > 0x7F for byte in sample)
    return 2 * sum(map(len, _JAPANESE.findall(sample))) >= others > 0


def _is_utf_8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _not_text(encoding: str, line: int) -> InvalidRequest:
    advice = "; if it has another encoding, set encoding or guess" if encoding == UTF_8 else ""
    message = f"must be text in {encoding.upper()}: see line {line}{advice}"
    return InvalidRequest([Problem("file", message)])
