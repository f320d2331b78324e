"""From the text of one value to the value, and from the texts of a row to a room."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field
from functools import partial
from typing import Any

from rentomatic.domain.numbers import finite_number, rounded, whole_number
from rentomatic.domain.room import FIELDS, Room, Value, canonical_code, checked
from rentomatic.errors import InvalidRequest, Problem


def parse_room(texts: Sequence[str], rounding: bool = False) -> Room:
    """Return the room of which these texts, in the order of FIELDS, spell the values.

    Raises InvalidRequest with every problem.
    """
    readers = ROUNDING_READERS if rounding else READERS
    try:
        return Room.trusted(*[read(text) for read, text in zip(readers, texts, strict=True)])
    except ValueError:
        pass
    problems = (_problem(*each) for each in zip(FIELDS, readers, texts, strict=True))
    raise InvalidRequest(problem for problem in problems if problem)


def parse_values(texts: Mapping[str, str]) -> dict[str, Value]:
    """Return the values of some fields, spelled as in a row, or raise InvalidRequest."""
    readers = dict(zip(FIELDS, READERS, strict=True))
    problems = (_problem(name, readers[name], text) for name, text in texts.items())
    if wrong := [problem for problem in problems if problem]:
        raise InvalidRequest(wrong)
    return {name: readers[name](text) for name, text in texts.items()}


def _problem(name: str, read: Callable[[str], Value], text: str) -> Problem | None:
    try:
        read(text)
    except ValueError as error:
        return Problem(name, str(error) if text else "is missing")
    return None


def _reader(declared: Field[Any], rounding: bool) -> Callable[[str], Any]:
    """Return what makes the text of a field its value; for a text of nothing it raises, too."""
    if declared.type is str:
        return canonical_code
    if declared.type is float:
        return partial(degrees, declared)
    bounds = declared.metadata
    whole = partial(whole_number, minimum=bounds["minimum"], maximum=bounds["maximum"])
    return (lambda text: whole(rounded(text))) if rounding else whole


def parse_code(text: str) -> str:
    """Return the code that a UUID in any spelling means, or raise InvalidRequest."""
    try:
        return canonical_code(text)
    except ValueError as error:
        raise InvalidRequest([Problem("code", str(error))]) from None


def degrees(declared: Field[Any], text: str) -> float:
    """Return the value of a field that is in degrees, or raise ValueError."""
    return float(checked(declared, finite_number(text)))


READERS = tuple(_reader(declared, False) for declared in FIELDS.values())
ROUNDING_READERS = tuple(_reader(declared, True) for declared in FIELDS.values())
