"""From untrusted text to values, Room and Query: every problem is collected, all are raised."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, replace
from functools import partial
from typing import Any, NamedTuple, TypeVar

from rentomatic.boxes import Box, parse_box
from rentomatic.cursors import at_cursor
from rentomatic.domain import FIELDS, Room, Value, canonical_code, checked
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.filters import parse_filters
from rentomatic.numbers import finite_number, rounded, whole_number
from rentomatic.points import Point
from rentomatic.query import (
    DEFAULT_LIMIT,
    DEFAULT_SORT,
    DISTANCE,
    MAX_LIMIT,
    SORTS,
    Condition,
    Filters,
    Query,
    Search,
    Within,
)

PREFIX = "filter_"
NEAR = {"near_longitude": "longitude", "near_latitude": "latitude"}
SELECTING = ("bbox", *NEAR, "within")
PARAMETERS = (*SELECTING, "count", "cursor", "limit", "sort")

NEEDS_A_POINT = f"Needs {' and '.join(NEAR)}"

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


def parse_values(texts: Mapping[str, str]) -> dict[str, Value]:
    """Return the values of some fields, spelled as in a row, or raise InvalidRequest."""
    values, problems = {}, []
    for name, text in texts.items():
        try:
            values[name] = _room_value(FIELDS[name], text, False)
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    if problems:
        raise InvalidRequest(problems)
    return values


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


class Selection(NamedTuple):
    """Which rooms: the conditions that they meet, with the box and the point that were named."""

    filters: Filters
    box: Box | None
    near: Point | None


def parse_search(parameters: Iterable[tuple[str, str]]) -> Search:
    """Return the search that the query parameters of a URL ask for.

    Raises InvalidRequest that lists every unknown, repeated and malformed parameter.
    """
    reader = _Reader(parameters, PARAMETERS)
    filters, _, near = _selection(reader)
    sort, descending = reader.read("sort", _sort, (DEFAULT_SORT, False))
    if sort == DISTANCE and not reader.given.keys() & NEAR.keys():
        reader.problems.append(Problem("sort", NEEDS_A_POINT))
    limit = reader.read("limit", _limit, DEFAULT_LIMIT)
    query = Query(filters, limit, sort=sort, descending=descending, near=near)
    count = reader.read("count", _count, False)
    # A cursor belongs to a query: while that is wrong, nothing can be said about it.
    reader.refuse()
    search = reader.read("cursor", partial(at_cursor, query), Search(query))
    reader.refuse()
    return replace(search, count=count)


def parse_selection(parameters: Iterable[tuple[str, str]]) -> Selection:
    """Return the rooms that the query parameters of a URL choose; there are no others.

    Raises InvalidRequest like parse_search.
    """
    reader = _Reader(parameters, SELECTING)
    selection = _selection(reader)
    reader.refuse()
    return selection


def parse_clusters(parameters: Iterable[tuple[str, str]]) -> tuple[Filters, Box]:
    """Return the conditions that the query parameters of a URL name, and the box, which they need.

    Raises InvalidRequest like parse_search.
    """
    filters, box, _ = parse_selection(parameters)
    if box is None:
        raise InvalidRequest([Problem("bbox", "Is missing")])
    return filters, box


class _Reader:
    """Reads the parameters of a URL, and keeps what is wrong with them."""

    def __init__(self, parameters: Iterable[tuple[str, str]], known: tuple[str, ...]) -> None:
        pairs = list(parameters)
        self.given = dict(pairs)
        self.problems = _misplaced(pairs, known)

    def read(self, name: str, convert: Callable[[str], T], otherwise: T) -> T:
        """Return the value of a parameter; otherwise if it is not given, or not right."""
        try:
            return convert(self.given[name]) if name in self.given else otherwise
        except ValueError as error:
            self.problems.append(Problem(name, str(error)))
            return otherwise

    def refuse(self) -> None:
        """Raise InvalidRequest with everything that was wrong so far, if anything was."""
        if self.problems:
            raise InvalidRequest(self.problems)


def _selection(reader: _Reader) -> Selection:
    conditions: list[Condition] = [*_filters(reader)]
    box = reader.read("bbox", parse_box, None)
    if box:
        conditions.append(box.condition())
    near = _near(reader)
    metres = reader.read("within", _metres, None)
    if near and metres is not None:
        conditions.append(Within(near, metres))
    return Selection(tuple(conditions), box, near)


def _filters(reader: _Reader) -> Filters:
    texts = {
        name.removeprefix(PREFIX): text
        for name, text in reader.given.items()
        if name.startswith(PREFIX)
    }
    try:
        return parse_filters(texts, PREFIX)
    except InvalidRequest as error:
        reader.problems += error.problems
        return ()


def _near(reader: _Reader) -> Point | None:
    """Return the point, of which both coordinates have to be given or none."""
    missing = NEAR.keys() - reader.given.keys()
    if missing == NEAR.keys():
        if "within" in reader.given:
            reader.problems.append(Problem("within", NEEDS_A_POINT))
        return None
    reader.problems += (Problem(name, "Is missing") for name in sorted(missing))
    degrees = [reader.read(n, partial(_degrees, field), None) for n, field in NEAR.items()]
    read = [each for each in degrees if each is not None]
    return Point(*read) if len(read) == len(NEAR) else None


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


def _degrees(field: str, text: str) -> float:
    return float(checked(FIELDS[field], finite_number(text)))


def _metres(text: str) -> float:
    metres = finite_number(text)
    if metres < 0:
        raise ValueError("Is less than 0")
    return metres + 0.0


def _limit(text: str) -> int:
    return whole_number(text, 1, MAX_LIMIT)


def _sort(text: str) -> tuple[str, bool]:
    """Return the field of `price` or `-price`, and whether the order is descending."""
    field = text.removeprefix("-")
    if field not in SORTS:
        raise ValueError(f"Is not one of {', '.join(SORTS)}, with or without a - before it")
    return field, field != text


def _count(text: str) -> bool:
    if text != "exact":
        raise ValueError("Is not exact")
    return True
