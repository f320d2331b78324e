"""Parse the query parameters of searches for places."""

from collections.abc import Iterable
from typing import NamedTuple

from rentomatic.domain.conditions import Box
from rentomatic.domain.numbers import whole_number
from rentomatic.domain.words import query_words
from rentomatic.errors import Problem
from rentomatic.requests.parameters import Parameters
from rentomatic.requests.search import MAX_TEXT, parse_box

PLACES = ("q", "bbox", "limit")
DEFAULT_PLACES = 10
MAX_PLACES = 100
WORLD = Box(-180.0, -90.0, 180.0, 90.0)


class PlaceSearch(NamedTuple):
    """A search for places by a text or, without one, inside a box."""

    text: str | None
    box: Box
    limit: int


def parse_places(parameters: Iterable[tuple[str, str]]) -> PlaceSearch:
    """Parse `q` or `bbox`, by default the whole world, and `limit`.

    Raises InvalidRequest like parse_search.
    """
    reader = Parameters(parameters, PLACES)
    text = reader.read("q", _text, None)
    box = reader.read("bbox", parse_box, WORLD)
    limit = reader.read("limit", lambda text: whole_number(text, 1, MAX_PLACES), DEFAULT_PLACES)
    if {"q", "bbox"} <= reader.texts.keys():
        reader.problems.append(Problem("bbox", "must not be given together with q"))
    reader.raise_problems()
    return PlaceSearch(text, box, limit)


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"must not have more than {MAX_TEXT} characters")
    if not query_words(text):
        raise ValueError("must have a letter or digit")
    return text
