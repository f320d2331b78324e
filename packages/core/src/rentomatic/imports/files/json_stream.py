"""Incremental JSON parser: yields values while the text is read in chunks."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.requests.bodies import json_error_message, reject_constant, unique_members

CHUNK_SIZE = 2**16  # characters
MAX_VALUE_LENGTH = 2**20  # characters
WHITESPACE = frozenset(" \t\n\r")
AFTER_VALUE = WHITESPACE | frozenset(",:]}")

STRICT = json.JSONDecoder(object_pairs_hook=unique_members, parse_constant=reject_constant)
LENIENT = json.JSONDecoder()


class JSONStream:
    """A parser that the caller drives token by token; invalid JSON raises ValueError."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text, self._position, self._at_end = "", 0, False
        self._read_error: InvalidRequest | None = None

    def peek(self) -> str:
        """Return the next character after whitespace, or an empty string at the end."""
        while True:
            while self._text[self._position : self._position + 1] in WHITESPACE:
                self._position += 1
            if self._position < len(self._text) or self._at_end:
                return self._text[self._position : self._position + 1]
            self._read_chunk()

    def expect(self, token: str) -> None:
        """Skip a token such as `:`, or raise ValueError if another one is next."""
        if not self.accept(token):
            raise ValueError(f"Expecting {token!r}")

    def accept(self, token: str) -> bool:
        """Skip a token if it is next; return whether it was."""
        is_next = self.peek() == token
        self._position += is_next
        return is_next

    def items(self, opening: str, closing: str) -> Iterator[None]:
        """Stop before each item of an array or object; the caller reads the item."""
        self.expect(opening)
        if self.accept(closing):
            return
        yield
        while self.accept(","):
            yield
        self.expect(closing)

    def read_value(self) -> Any:
        """Read a value.

        Raises InvalidRequest if a name is repeated or a number is NaN or infinite; the value is
        skipped nevertheless.
        """
        self.peek()
        try:
            return self._decode(STRICT)
        except InvalidRequest:
            if self._read_error is None:
                self._decode(LENIENT)
            raise

    def read_value_or_problem(self) -> Any:
        """Read a value, or return the problem for which `read_value` raises InvalidRequest."""
        try:
            return self.read_value()
        except InvalidRequest as error:
            if self._read_error is not None:
                raise
            parameter, message = error.problems[0]
            return Problem("row" if parameter == "body" else parameter, message)

    def expect_end(self) -> None:
        if self.peek():
            raise ValueError("Extra data")

    def _decode(self, decoder: json.JSONDecoder) -> Any:
        while True:
            is_last = self._at_end or len(self._text) - self._position > MAX_VALUE_LENGTH
            try:
                value, end = decoder.raw_decode(self._text, self._position)
            except json.JSONDecodeError as error:
                if is_last:
                    raise ValueError(error.msg) from None
            else:
                # A number may continue in the next chunk: 1 may be the start of 1.5.
                if is_last or self._text[end : end + 1] in AFTER_VALUE:
                    self._position = end
                    return value
            self._read_chunk()

    def _read_chunk(self) -> None:
        rest = self._text[self._position :]
        try:
            # Doubling the text limits how often a long value is decoded from its start.
            chunk = self._read(max(CHUNK_SIZE, len(rest)))
        except InvalidRequest as error:
            self._read_error = error
            raise
        self._text, self._position, self._at_end = rest + chunk, 0, not chunk


def number_values(values: Iterator[Any], language: str) -> Iterator[tuple[int, Any | Problem]]:
    """Number the values from 1; if the text becomes invalid, end with a problem."""
    number = 0
    try:
        for number, value in enumerate(values, 1):
            yield number, value
    except (ValueError, RecursionError) as error:
        message = f"is invalid {language}: {json_error_message(error)}, and the rest was not read"
        yield number + 1, Problem("row", message)
