"""Any room, and anything that can be asked of rooms, for property tests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Box, Condition, Filter, FullText
from rentomatic.domain.fields import Code, Degrees, Text, Time, Whole, Word, Words
from rentomatic.domain.globe import Point
from rentomatic.domain.operators import LISTED, Operator
from rentomatic.domain.query import MAX_LIMIT, RELEVANCE, Query
from rentomatic.domain.room import FIELDS, OPTIONAL, REQUIRED, TIMES, Declared, Room
from rentomatic.domain.words import query_words

# Half of the values are few, so that rooms share them and filters meet them.
FEW_CODES = [str(UUID(int=number << 96 | number)) for number in range(6)]


def degrees(limit: int) -> any_of.SearchStrategy[float]:
    """Return a strategy for degrees up to a limit, either way.

    The server in MongoDB's place has numbers that are closer to 0 at the wrong end of its indexes.
    """
    some = any_of.sampled_from([-limit, -0.0, limit])
    return some | any_of.floats(1e-99, limit) | any_of.floats(-limit, -1e-99)


# Texts of few words, with accents, in several scripts, with quotes, backslashes and formulas.
FEW_WORDS = [
    "wifi",
    "balcony",
    "Łódź",
    "lodz",
    "straße",
    "it's",
    "a\\b",
    "東京都",
    "pet-friendly",
    "'=x",
]
few_words = any_of.lists(any_of.sampled_from(FEW_WORDS), min_size=1, max_size=4).map(" ".join)
words = any_of.sampled_from(["wifi", "balcony", "pets", "łódź", "pet-friendly", "ห้องน้ำ", "’s"])
NOW = datetime(2026, 1, 1, tzinfo=UTC)


VALUES_OF: dict[type, Callable[[Any], any_of.SearchStrategy[Any]]] = {
    Code: lambda _: any_of.sampled_from(FEW_CODES) | any_of.uuids().map(str),
    Degrees: lambda type_: degrees(type_.maximum),
    Whole: lambda type_: (
        any_of.integers(type_.minimum, type_.minimum + 4)
        | any_of.integers(type_.minimum, type_.maximum)
    ),
    Word: lambda _: words,
    Words: lambda _: any_of.lists(words, max_size=3, unique=True).map(tuple),
    Text: lambda _: few_words,
    Time: lambda _: any_of.integers(-3, 3).map(lambda days: NOW + timedelta(days)),
}


def values_of(declared: Declared) -> any_of.SearchStrategy[Any]:
    """Return a strategy for the values of a field."""
    known = VALUES_OF[type(declared.type)](declared.type)
    return any_of.none() | known if declared.is_nullable else known


VALUES = {
    name: values_of(declared)
    for name, declared in (FIELDS | TIMES).items()
    if name not in ("photos", "address", "url")
} | {
    "photos": any_of.lists(
        any_of.sampled_from(
            [{"url": "https://example.org/1"}, {"url": "https://example.org/2", "alt": "A \\ b"}]
        ),
        max_size=2,
    ).map(tuple),
    "address": any_of.fixed_dictionaries(
        {"locality": few_words}, optional={"street": few_words, "country": any_of.just("PL")}
    ),
    "url": any_of.sampled_from(
        ["https://example.org/a?b=c", "tel:+48123", "mailto:a@example.org"]
    ),
}

book_rooms = any_of.builds(Room, **{name: VALUES[name] for name in REQUIRED})


@any_of.composite
def _rooms_with_details(draw: any_of.DrawFn) -> Room:
    """Draw a room with some optional fields; references are unique, because codes are."""
    room = draw(book_rooms)
    names = draw(any_of.sets(any_of.sampled_from(OPTIONAL)))
    details = {name: draw(VALUES[name]) for name in OPTIONAL if name in names}
    if "reference" in details:
        details["reference"] = room.code
    return Room(**vars(room), **details)


rooms = book_rooms | _rooms_with_details()
FILTERED = [name for name, declared in (FIELDS | TIMES).items() if declared.operators]


@any_of.composite
def filters(draw: any_of.DrawFn) -> Filter:
    """Draw a condition that parse_filters could have returned."""
    field = draw(any_of.sampled_from(FILTERED))
    declared = (FIELDS | TIMES)[field]
    operator = draw(any_of.sampled_from(declared.operators))
    value = VALUES[field].filter(lambda value: value is not None)
    if isinstance(declared.type, Degrees):
        value = value.map(float)
    if operator in LISTED:
        value = any_of.lists(words, min_size=1, max_size=3).map(tuple)
    if operator is Operator.IN:
        value = any_of.lists(value, min_size=1, max_size=5).map(tuple)
    return Filter(field, operator, draw(value))


@any_of.composite
def full_texts(draw: any_of.DrawFn) -> FullText:
    """Draw a condition that parse_search could have returned."""
    text = draw(few_words)
    return FullText(query_words(text[: draw(any_of.integers(1, 6))]) or ("w",))


@any_of.composite
def boxes(draw: any_of.DrawFn) -> Box:
    """Draw a box that parse_box could have returned."""
    south, north = sorted(draw(degrees(90)) for _ in range(2))
    west, east = (draw(degrees(180)) for _ in range(2))
    return Box(west, south, east, north)


points = any_of.builds(Point, VALUES["longitude"], VALUES["latitude"])


@any_of.composite
def _queries(draw: any_of.DrawFn) -> Query:
    """Draw a query that parse_search could have returned."""
    sort = draw(any_of.sampled_from([*REQUIRED, RELEVANCE]))
    conditions: list[Condition] = [*draw(any_of.lists(filters(), max_size=4))]
    conditions += draw(any_of.lists(boxes(), max_size=1))
    if sort == RELEVANCE or draw(any_of.booleans()):
        conditions.append(draw(full_texts()))
    query = Query(
        filters=tuple(conditions),
        limit=draw(any_of.integers(1, 8) | any_of.just(MAX_LIMIT)),
        sort=sort,
        descending=draw(any_of.booleans()),
        unknown_first=draw(any_of.booleans()),
    )
    key = query.key(draw(rooms))
    return query._replace(after=draw(any_of.sampled_from([None, key])))


queries = _queries()
