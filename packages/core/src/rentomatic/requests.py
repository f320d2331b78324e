"""From untrusted text to values, Room and Query: every problem is collected, all are raised."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, replace
from functools import partial
from typing import Any, TypeVar

from rentomatic.boxes import Box, parse_box
from rentomatic.cursors import at_cursor
from rentomatic.domain import FIELDS, Room, Value, canonical_code, checked
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.filters import parse_filters
from rentomatic.numbers import finite_number, rounded, whole_number
from rentomatic.query import (
    DEFAULT_LIMIT,
    DEFAULT_SORT,
    MAX_LIMIT,
    Filters,
    Query,
    Search,
)

PREFIX = "filter_"
PARAMETERS = ("bbox", "count", "cursor", "limit", "sort")

T = TypeVar("T")


def parse_room(texts: Mapping[str, str], rounding: bool = False) -> Room:
    """Return the room that a row of text spells, or raise InvalidRequest with every problem."""
    values: dict[str, Any] = {}
    problems = []
    for name, declared in FIELDS.items():
        try:
            values[name] = _room_value(declared, texts[name], rounding)
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    if problems:
        raise InvalidRequest(problems)
    return Room.trusted(**values)


def _room_value(declared: Field[Any], text: str, rounding: bool) -> Value:
    if not text:
        raise ValueError("Is missing")
    if declared.type is str:
        return canonical_code(text)
    if declared.type is float:
        return checked(declared, finite_number(text))
    bounds = declared.metadata
    return whole_number(rounded(text) if rounding else text, bounds["minimum"], bounds["maximum"])


def parse_code(text: str) -> str:
    """Return the code that a UUID in any spelling means, or raise InvalidRequest."""
    try:
        return canonical_code(text)
    except ValueError as error:
        raise InvalidRequest([Problem("code", str(error))]) from None


def parse_search(parameters: Iterable[tuple[str, str]]) -> Search:
    """Return the search that the query parameters of a URL ask for.

    Raises InvalidRequest that lists every unknown, repeated and malformed parameter.
    """
    pairs = list(parameters)
    given = dict(pairs)
    problems = _misplaced(pairs, PARAMETERS)

    def read(name: str, convert: Callable[[str], T], otherwise: T) -> T:
        try:
            return convert(given[name]) if name in given else otherwise
        except ValueError as error:
            problems.append(Problem(name, str(error)))
            return otherwise

    filters, box = _filters(given, problems), _box(given, problems)
    filters += (box.condition(),) if box else ()
    sort, descending = read("sort", _sort, (DEFAULT_SORT, False))
    query = Query(filters, read("limit", _limit, DEFAULT_LIMIT), sort=sort, descending=descending)
    count = read("count", _count, False)
    # A cursor belongs to a query: while that is wrong, nothing can be said about it.
    search = Search(query)
    if not problems:
        search = read("cursor", partial(at_cursor, query), search)
    if problems:
        raise InvalidRequest(problems)
    return replace(search, count=count)


def parse_conditions(parameters: Iterable[tuple[str, str]]) -> Filters:
    """Return the conditions that the query parameters of a URL name; there are no others.

    Raises InvalidRequest like parse_search.
    """
    return _conditions_and_box(parameters)[0]


def parse_clusters(parameters: Iterable[tuple[str, str]]) -> tuple[Filters, Box]:
    """Return the conditions that the query parameters of a URL name, and the box, which they need.

    Raises InvalidRequest like parse_search.
    """
    conditions, box = _conditions_and_box(parameters)
    if box is None:
        raise InvalidRequest([Problem("bbox", "Is missing")])
    return conditions, box


def _conditions_and_box(parameters: Iterable[tuple[str, str]]) -> tuple[Filters, Box | None]:
    pairs = list(parameters)
    problems = _misplaced(pairs, ("bbox",))
    filters, box = _filters(dict(pairs), problems), _box(dict(pairs), problems)
    if problems:
        raise InvalidRequest(problems)
    return filters + ((box.condition(),) if box else ()), box


def _filters(given: Mapping[str, str], problems: list[Problem]) -> Filters:
    """Return the filters among the parameters, and add what is wrong with them."""
    texts = {n.removeprefix(PREFIX): text for n, text in given.items() if n.startswith(PREFIX)}
    try:
        return parse_filters(texts, PREFIX)
    except InvalidRequest as error:
        problems += error.problems
        return ()


def _box(given: Mapping[str, str], problems: list[Problem]) -> Box | None:
    """Return the box among the parameters, and add what is wrong with it."""
    try:
        return parse_box(given["bbox"]) if "bbox" in given else None
    except ValueError as error:
        problems.append(Problem("bbox", str(error)))
        return None


def _misplaced(pairs: list[tuple[str, str]], known: tuple[str, ...]) -> list[Problem]:
    """Return a problem for every parameter that is unknown or repeated."""
    times = Counter(name for name, _ in pairs)
    return [
        *(Problem(name, "Is given more than once") for name in times if times[name] > 1),
        *(
            Problem(name, "Is not a known parameter")
            for name in times
            if name not in known and not name.startswith(PREFIX)
        ),
    ]


def _limit(text: str) -> int:
    return whole_number(text, 1, MAX_LIMIT)


def _sort(text: str) -> tuple[str, bool]:
    """Return the field of `price` or `-price`, and whether the order is descending."""
    field = text.removeprefix("-")
    if field not in FIELDS:
        raise ValueError(f"Is not one of {', '.join(FIELDS)}, with or without a - before it")
    return field, field != text


def _count(text: str) -> bool:
    if text != "exact":
        raise ValueError("Is not exact")
    return True
