"""Parse the query parameters of searches."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from rentomatic.domain.conditions import Box, Condition, Filters, FullText, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.numbers import INT32_MAX, finite_number, whole_number
from rentomatic.domain.places import Place
from rentomatic.domain.query import (
    DEFAULT_LIMIT,
    DEFAULT_SORT,
    DISTANCE,
    MAX_CONDITIONS,
    MAX_LIMIT,
    RELEVANCE,
    SORTS,
    Query,
    Search,
)
from rentomatic.domain.words import query_words
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.requests.cursors import parse_cursor
from rentomatic.requests.field_values import parse_degrees
from rentomatic.requests.filters import parse_filters
from rentomatic.requests.parameters import Parameters

PREFIX = "filter_"
NEAR = {"near_longitude": "longitude", "near_latitude": "latitude"}
EDGES = ("longitude", "latitude", "longitude", "latitude")  # fields of the four numbers of bbox
SELECTING = ("bbox", "place", *NEAR, "within", "q")
MAX_TEXT = 200  # characters of q
MAX_WORDS = 10
PARAMETERS = (*SELECTING, "count", "cursor", "limit", "sort")

NEEDS_A_POINT = f"needs place, or {' and '.join(NEAR)}"

GetPlace = Callable[[int], Place | None]


class Selection(NamedTuple):
    """The conditions of a request, and the reference point of distances."""

    filters: Filters
    near: Point | None

    @property
    def box(self) -> Box | None:
        """The box among the conditions."""
        return next((each for each in self.filters if isinstance(each, Box)), None)


def _no_place(_: int) -> None:
    return None


def parse_search(parameters: Iterable[tuple[str, str]], get_place: GetPlace = _no_place) -> Search:
    """Parse the query parameters of a search; `get_place` finds a place by its id.

    Raises InvalidRequest that lists all unknown, repeated and invalid parameters.
    """
    reader = Parameters(parameters, PARAMETERS, PREFIX)
    filters, near = _selection(reader, get_place)
    sort, descending = reader.read("sort", _sort, (DEFAULT_SORT, False))
    if sort == DISTANCE and not reader.texts.keys() & {"place", *NEAR}:
        reader.problems.append(Problem("sort", NEEDS_A_POINT))
    if sort == RELEVANCE and "q" not in reader.texts:
        reader.problems.append(Problem("sort", "needs q"))
    limit = reader.read("limit", _limit, DEFAULT_LIMIT)
    query = Query(filters, limit, sort=sort, descending=descending, near=near)
    count = reader.read("count", _count, False)
    # A cursor can be checked only against a valid query.
    reader.raise_problems()
    query, backwards = reader.read("cursor", partial(parse_cursor, query), (query, False))
    reader.raise_problems()
    return Search(query, backwards, count)


def parse_selection(
    parameters: Iterable[tuple[str, str]], get_place: GetPlace = _no_place
) -> Selection:
    """Parse query parameters that select rooms, without those of pages.

    Raises InvalidRequest like parse_search.
    """
    reader = Parameters(parameters, SELECTING, PREFIX)
    selection = _selection(reader, get_place)
    reader.raise_problems()
    return selection


def parse_clusters(
    parameters: Iterable[tuple[str, str]], get_place: GetPlace = _no_place
) -> tuple[Filters, Box]:
    """Parse the query parameters of clusters: the conditions, and the required box.

    Raises InvalidRequest like parse_search.
    """
    selection = parse_selection(parameters, get_place)
    if selection.box is None:
        raise InvalidRequest([Problem("bbox", "is missing")])
    return selection.filters, selection.box


def _selection(reader: Parameters, get_place: GetPlace) -> Selection:
    conditions: list[Condition] = [*_filters(reader)]
    box = reader.read("bbox", parse_box, None)
    if box:
        conditions.append(box)
    near, circle = _around(reader, get_place)
    if circle:
        conditions.append(circle)
    text = reader.read("q", _full_text, None)
    if text:
        conditions.append(text)
    if len(conditions) > MAX_CONDITIONS:
        message = f"must not be more than {MAX_CONDITIONS}, including bbox, place, within and q"
        reader.problems.append(Problem("filters", message))
    return Selection(tuple(conditions), near)


def _around(reader: Parameters, get_place: GetPlace) -> tuple[Point | None, Within | None]:
    """Parse the reference point, and the circle around it."""
    metres = reader.read("within", _metres, None)
    place = reader.read("place", partial(_place, get_place), None)
    if "place" in reader.texts:
        message = "must not be given together with place"
        reader.problems += (Problem(name, message) for name in NEAR if name in reader.texts)
    near = place.point if place else _near(reader)
    if near and metres is not None:
        return near, Within(near, metres)
    return near, place.circle if place else None


def _filters(reader: Parameters) -> Filters:
    texts = {
        name.removeprefix(PREFIX): text
        for name, text in reader.texts.items()
        if name.startswith(PREFIX)
    }
    try:
        return parse_filters(texts, PREFIX)
    except InvalidRequest as error:
        reader.problems += error.problems
        return ()


def _near(reader: Parameters) -> Point | None:
    """Parse the reference point; one coordinate without the other is a problem."""
    missing = NEAR.keys() - reader.texts.keys()
    if missing == NEAR.keys():
        if "within" in reader.texts and "place" not in reader.texts:
            reader.problems.append(Problem("within", NEEDS_A_POINT))
        return None
    reader.problems += (Problem(name, "is missing") for name in sorted(missing))
    coordinates = [
        reader.read(n, partial(parse_degrees, field), None) for n, field in NEAR.items()
    ]
    valid = [each for each in coordinates if each is not None]
    return Point(*valid) if len(valid) == len(NEAR) else None


def parse_box(text: str) -> Box:
    """Parse `west,south,east,north` in degrees, or raise ValueError."""
    texts = text.split(",")
    if len(texts) != len(EDGES):
        raise ValueError("must be west,south,east,north")
    box = Box(*(parse_degrees(edge, text) for edge, text in zip(EDGES, texts, strict=True)))
    if box.south > box.north:
        raise ValueError("south must not be greater than north")
    return box


def _place(get_place: GetPlace, text: str) -> Place:
    place = get_place(whole_number(text, 1, INT32_MAX))
    if place is None:
        raise ValueError("must be the id of a place")
    return place


def _metres(text: str) -> float:
    metres = finite_number(text)
    if metres < 0:
        raise ValueError("must not be less than 0")
    return metres + 0.0


def _full_text(text: str) -> FullText:
    if len(text) > MAX_TEXT:
        raise ValueError(f"must not have more than {MAX_TEXT} characters")
    words = query_words(text)
    if not words:
        raise ValueError("must have a letter or digit")
    if len(words) > MAX_WORDS:
        raise ValueError(f"must not have more than {MAX_WORDS} words")
    return FullText(words)


def _limit(text: str) -> int:
    return whole_number(text, 1, MAX_LIMIT)


def _sort(text: str) -> tuple[str, bool]:
    """Parse `price` or `-price`: the field, and whether the order is descending."""
    field = text.removeprefix("-")
    if field not in SORTS:
        raise ValueError(f"must be one of {', '.join(SORTS)}, with or without a leading -")
    return field, field != text


def _count(text: str) -> bool:
    if text != "exact":
        raise ValueError("must be 'exact'")
    return True
