"""Read rooms from a JSON array, in the format of the API and of `rooms export`."""

from collections.abc import Callable, Iterator
from typing import Any

from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.json_stream import JSONStream, number_values
from rentomatic.imports.rows import Row, parse_rows
from rentomatic.requests.bodies import room_of


def read_json(read: Callable[[int], str]) -> Iterator[Row]:
    """Yield a room or a rejected row for each element; invalid JSON ends with a rejected row."""
    elements = number_values(_elements(JSONStream(read)), "JSON")
    return parse_rows(elements, _room, {"body": "row"}, "element")


def _elements(stream: JSONStream) -> Iterator[Any]:
    for _ in stream.items("[", "]"):
        yield stream.read_value_or_problem()
    stream.expect_end()


def _room(element: Any) -> Room:
    if not isinstance(element, dict):
        raise InvalidRequest([Problem("row", "must be a JSON object")])
    return room_of(element)
