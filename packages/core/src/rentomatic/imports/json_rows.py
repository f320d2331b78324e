"""Rooms from the elements of a JSON array, as the API and `rooms export` write it."""

from collections.abc import Callable, Iterator
from typing import Any

from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.json_stream import JSONStream, values
from rentomatic.imports.rows import Row, to_rows
from rentomatic.requests.bodies import room_of


def read_json(read: Callable[[int], str]) -> Iterator[Row]:
    """Yield each element, by its number, as its room or as rejected.

    Where the text is not JSON, the reading ends with a row that says so.
    """
    stream = JSONStream(read)
    return to_rows(values(_elements(stream), "JSON"), _room, {"body": "row"}, "element")


def _elements(stream: JSONStream) -> Iterator[Any]:
    for _ in stream.parts("[", "]"):
        yield stream.value_or_problem()
    stream.end()


def _room(element: Any) -> Room:
    if not isinstance(element, dict):
        raise InvalidRequest([Problem("row", "must be a JSON object")])
    return room_of(element)
