"""The values of a JSON text, one after another, of which no more is read than they take."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.requests.bodies import json_fault, once, refuse

CHUNK = 2**16
MAX_VALUE = 2**20  # characters: a value that is longer, or has no end, is given up
BLANKS = frozenset(" \t\n\r")
BEHIND_VALUES = BLANKS | frozenset(",:]}")

STRICT = json.JSONDecoder(object_pairs_hook=once, parse_constant=refuse)
LENIENT = json.JSONDecoder()


class JSONStream:
    """Reads marks and values as they come; raises ValueError where the text is no JSON."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text, self._at, self._ended = "", 0, False
        self._failure: InvalidRequest | None = None  # of reading, after which nothing is decoded

    def peek(self) -> str:
        """Return the next character that is no blank; at the end, there is none."""
        while True:
            while self._text[self._at : self._at + 1] in BLANKS:
                self._at += 1
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more()

    def take(self, mark: str) -> None:
        """Go behind a mark, which has to be next."""
        if self.peek() != mark:
            raise ValueError(f"Expecting {mark!r}")
        self._at += 1

    def has(self, mark: str) -> bool:
        """Go behind a mark if it is next, and say whether it was."""
        found = self.peek() == mark
        self._at += found
        return found

    def parts(self, opening: str, closing: str) -> Iterator[None]:
        """Stop before each part of an array or an object, which the caller reads."""
        self.take(opening)
        if self.has(closing):
            return
        yield
        while self.has(","):
            yield
        self.take(closing)

    def value(self) -> Any:
        """Return the value that is next, and go behind it.

        Raises InvalidRequest, behind it all the same, when it repeats a name or has NaN in it.
        """
        self.peek()
        try:
            return self._decode(STRICT)
        except InvalidRequest:
            if self._failure is None:
                self._decode(LENIENT)
            raise

    def value_or_problem(self) -> Any:
        """Return the next value, or the problem with how it is written."""
        try:
            return self.value()
        except InvalidRequest as error:
            if self._failure is not None:
                raise
            return error.problems[0]

    def end(self) -> None:
        """Raise ValueError unless the text ends here."""
        if self.peek():
            raise ValueError("Extra data")

    def _decode(self, decoder: json.JSONDecoder) -> Any:
        while True:
            last = self._ended or len(self._text) - self._at > MAX_VALUE
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if last:
                    raise ValueError(error.msg) from None
            else:
                # 1 may be the beginning of 1.5, where the text has been read up to there.
                if last or self._text[end : end + 1] in BEHIND_VALUES:
                    self._at = end
                    return value
            self._more()

    def _more(self) -> None:
        """Read on: as much again as there is, so that a long value is not begun too often."""
        rest = self._text[self._at :]
        try:
            chunk = self._read(max(CHUNK, len(rest)))
        except InvalidRequest as error:
            self._failure = error
            raise
        self._text, self._at, self._ended = rest + chunk, 0, not chunk


def values(parts: Iterator[Any], language: str) -> Iterator[tuple[int, Any | Problem]]:
    """Yield the values with their numbers, and last a problem where the text is invalid."""
    number = 0
    try:
        for number, value in enumerate(parts, 1):
            yield number, value
    except (ValueError, RecursionError) as error:
        message = f"is invalid {language}: {json_fault(error)}, and the rest was not read"
        yield number + 1, Problem("row", message)
