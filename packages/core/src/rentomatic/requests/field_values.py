"""Parse values of fields, and rows of them as rooms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field
from functools import partial
from operator import call
from typing import Any

from rentomatic.domain.numbers import finite_number, rounded, whole_number
from rentomatic.domain.room import FIELDS, Room, Value, canonical_code, degrees
from rentomatic.errors import InvalidRequest, Problem


def parse_room(texts: Sequence[str], rounding: bool = False) -> Room:
    """Parse the values of a room, in the order of FIELDS; `rounding` accepts decimals.

    Raises InvalidRequest that lists the problems of all fields.
    """
    parsers = ROUNDING_PARSERS if rounding else PARSERS
    try:
        return Room.trusted(*map(call, parsers, texts))
    except ValueError:
        pass
    problems = (_problem(*each) for each in zip(FIELDS, parsers, texts, strict=True))
    raise InvalidRequest(problem for problem in problems if problem)


def parse_values(texts: Mapping[str, str]) -> dict[str, Value]:
    """Parse values by field, or raise InvalidRequest that lists all problems."""
    parsers = dict(zip(FIELDS, PARSERS, strict=True))
    problems = (_problem(name, parsers[name], text) for name, text in texts.items())
    if found := [problem for problem in problems if problem]:
        raise InvalidRequest(found)
    return {name: parsers[name](text) for name, text in texts.items()}


def _problem(name: str, parse: Callable[[str], Value], text: str) -> Problem | None:
    try:
        parse(text)
    except ValueError as error:
        return Problem(name, str(error) if text else "is missing")
    return None


def _parser(declared: Field[Any], rounding: bool) -> Callable[[str], Any]:
    if declared.type is str:
        return canonical_code
    if declared.type is float:
        return partial(parse_degrees, declared)
    bounds = declared.metadata
    whole = partial(whole_number, minimum=bounds["minimum"], maximum=bounds["maximum"])
    return (lambda text: whole(rounded(text))) if rounding else whole


def parse_code(text: str) -> str:
    """Convert a UUID to its canonical form, or raise InvalidRequest."""
    try:
        return canonical_code(text)
    except ValueError as error:
        raise InvalidRequest([Problem("code", str(error))]) from None


def parse_degrees(declared: Field[Any], text: str) -> float:
    """Parse a longitude or latitude, or raise ValueError."""
    return degrees(declared, finite_number(text))


PARSERS = tuple(_parser(declared, False) for declared in FIELDS.values())
ROUNDING_PARSERS = tuple(_parser(declared, True) for declared in FIELDS.values())
