"""From untrusted text to values, Room and Query: every problem is collected, all are raised."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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
COLUMN = "column_"
IMPORTING = ("on_error", "dry_run")
IMPORTING_CSV = ("round", *(COLUMN + name for name in FIELDS))
SELECTING = ("bbox", *NEAR, "within")
PARAMETERS = (*SELECTING, "count", "cursor", "limit", "sort")

YES_OR_NO = {"true": True, "false": False}
ON_ERROR = {"abort": True, "skip": False}

NEEDS_A_POINT = f"Needs {' and '.join(NEAR)}"

T = TypeVar("T")


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
        return Problem(name, str(error) if text else "Is missing")
    return None


def _reader(declared: Field[Any], rounding: bool) -> Callable[[str], Any]:
    """Return what makes the text of a field its value; for a text of nothing it raises, too."""
    if declared.type is str:
        return canonical_code
    if declared.type is float:
        return partial(_degrees, declared)
    bounds = declared.metadata
    whole = partial(whole_number, minimum=bounds["minimum"], maximum=bounds["maximum"])
    return (lambda text: whole(rounded(text))) if rounding else whole


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


class Import(NamedTuple):
    """How rows are imported: all of them or none, or only to see what would happen.

    `columns` says which column of a CSV file holds a field that has another name there.
    """

    all_or_none: bool
    dry_run: bool
    columns: Mapping[str, str]
    rounding: bool


def parse_import(parameters: Iterable[tuple[str, str]], format_: str) -> Import:
    """Return how the query parameters of a URL want the rows of that format imported.

    Raises InvalidRequest like parse_search.
    """
    known = IMPORTING + (IMPORTING_CSV if format_ == "csv" else ())
    reader = _Reader(parameters, known, prefix=None)
    wanted = Import(
        reader.read("on_error", partial(_one_of, ON_ERROR), True),
        reader.read("dry_run", partial(_one_of, YES_OR_NO), False),
        {name: reader.given[COLUMN + name] for name in FIELDS if COLUMN + name in reader.given},
        reader.read("round", partial(_one_of, YES_OR_NO), False),
    )
    reader.refuse()
    return wanted


class _Reader:
    """Reads the parameters of a URL, and keeps what is wrong with them."""

    def __init__(
        self,
        parameters: Iterable[tuple[str, str]],
        known: tuple[str, ...],
        prefix: str | None = PREFIX,
    ) -> None:
        pairs = list(parameters)
        self.given = dict(pairs)
        self.problems = _misplaced(pairs, known, prefix)

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
    degrees = [reader.read(n, partial(_degrees, FIELDS[field]), None) for n, field in NEAR.items()]
    read = [each for each in degrees if each is not None]
    return Point(*read) if len(read) == len(NEAR) else None


def _misplaced(
    pairs: list[tuple[str, str]], known: tuple[str, ...], prefix: str | None
) -> list[Problem]:
    """Return a problem for every parameter that is repeated, or neither known nor prefixed."""
    times = Counter(name for name, _ in pairs)
    return [
        *(Problem(name, "Is given more than once") for name in times if times[name] > 1),
        *(
            Problem(name, "Is not a known parameter")
            for name in times
            if name not in known and not (prefix and name.startswith(prefix))
        ),
    ]


def _degrees(declared: Field[Any], text: str) -> float:
    return float(checked(declared, finite_number(text)))


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


def _one_of(values: Mapping[str, bool], text: str) -> bool:
    if text not in values:
        raise ValueError(f"Is not {' or '.join(values)}")
    return values[text]


READERS = tuple(_reader(declared, False) for declared in FIELDS.values())
ROUNDING_READERS = tuple(_reader(declared, True) for declared in FIELDS.values())
