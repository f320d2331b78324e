"""From the query parameters of a URL to a search; every problem is collected, all are raised."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from rentomatic.domain.conditions import Box, Condition, Filters, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.numbers import finite_number, whole_number
from rentomatic.domain.query import (
    DEFAULT_LIMIT,
    DEFAULT_SORT,
    DISTANCE,
    MAX_CONDITIONS,
    MAX_LIMIT,
    SORTS,
    Query,
    Search,
)
from rentomatic.domain.room import FIELDS
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.requests.cursors import at_cursor
from rentomatic.requests.field_values import degrees
from rentomatic.requests.filters import parse_filters
from rentomatic.requests.parameters import Parameters

PREFIX = "filter_"
NEAR = {"near_longitude": "longitude", "near_latitude": "latitude"}
EDGES = ("longitude", "latitude", "longitude", "latitude")  # fields of the numbers of a bbox
SELECTING = ("bbox", *NEAR, "within")
PARAMETERS = (*SELECTING, "count", "cursor", "limit", "sort")

NEEDS_A_POINT = f"needs {' and '.join(NEAR)}"


class Selection(NamedTuple):
    """The conditions of a request, and the point that distances are measured from."""

    filters: Filters
    near: Point | None

    @property
    def box(self) -> Box | None:
        """The box among the conditions."""
        return next((each for each in self.filters if isinstance(each, Box)), None)


def parse_search(parameters: Iterable[tuple[str, str]]) -> Search:
    """Return the search that the query parameters of a URL ask for.

    Raises InvalidRequest that lists every unknown, repeated and malformed parameter.
    """
    reader = Parameters(parameters, PARAMETERS, PREFIX)
    filters, near = _selection(reader)
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
    reader = Parameters(parameters, SELECTING, PREFIX)
    selection = _selection(reader)
    reader.refuse()
    return selection


def parse_clusters(parameters: Iterable[tuple[str, str]]) -> tuple[Filters, Box]:
    """Return the conditions that the query parameters of a URL name, and the box, which they need.

    Raises InvalidRequest like parse_search.
    """
    selection = parse_selection(parameters)
    if selection.box is None:
        raise InvalidRequest([Problem("bbox", "is missing")])
    return selection.filters, selection.box


def _selection(reader: Parameters) -> Selection:
    conditions: list[Condition] = [*_filters(reader)]
    box = reader.read("bbox", parse_box, None)
    if box:
        conditions.append(box)
    near = _near(reader)
    metres = reader.read("within", _metres, None)
    if near and metres is not None:
        conditions.append(Within(near, metres))
    if len(conditions) > MAX_CONDITIONS:
        message = f"must not be more than {MAX_CONDITIONS}, including bbox and within"
        reader.problems.append(Problem("filters", message))
    return Selection(tuple(conditions), near)


def _filters(reader: Parameters) -> Filters:
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


def _near(reader: Parameters) -> Point | None:
    """Return the point, of which both coordinates have to be given or none."""
    missing = NEAR.keys() - reader.given.keys()
    if missing == NEAR.keys():
        if "within" in reader.given:
            reader.problems.append(Problem("within", NEEDS_A_POINT))
        return None
    reader.problems += (Problem(name, "is missing") for name in sorted(missing))
    read = [reader.read(n, partial(degrees, FIELDS[field]), None) for n, field in NEAR.items()]
    right = [each for each in read if each is not None]
    return Point(*right) if len(right) == len(NEAR) else None


def parse_box(text: str) -> Box:
    """Return the box that `west,south,east,north` means, in degrees, or raise ValueError."""
    texts = text.split(",")
    if len(texts) != len(EDGES):
        raise ValueError("must be west,south,east,north")
    box = Box(*(degrees(FIELDS[edge], text) for edge, text in zip(EDGES, texts, strict=True)))
    if box.south > box.north:
        raise ValueError("south must not be greater than north")
    return box


def _metres(text: str) -> float:
    metres = finite_number(text)
    if metres < 0:
        raise ValueError("must not be less than 0")
    return metres + 0.0


def _limit(text: str) -> int:
    return whole_number(text, 1, MAX_LIMIT)


def _sort(text: str) -> tuple[str, bool]:
    """Return the field of `price` or `-price`, and whether the order is descending."""
    field = text.removeprefix("-")
    if field not in SORTS:
        raise ValueError(f"must be one of {', '.join(SORTS)}, with or without a leading -")
    return field, field != text


def _count(text: str) -> bool:
    if text != "exact":
        raise ValueError("must be 'exact'")
    return True
