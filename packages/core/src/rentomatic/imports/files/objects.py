"""Read JSON objects: of an array, or one per line (NDJSON)."""

import json
from collections.abc import Iterator
from typing import Any

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.files.encodings import Text
from rentomatic.imports.files.json_stream import JSONStream, number_values
from rentomatic.imports.files.tables import Numbered
from rentomatic.requests.bodies import json_error_message, reject_constant, unique_members

MAX_LINE_LENGTH = 2**18  # characters; a room with the longest texts has less

NO_ARRAY = "must be an array of objects; other formats are geojson, and ndjson for one per line"


def read_array(text: Text) -> Iterator[Numbered]:
    """Yield each element of a JSON array; invalid JSON ends with a problem.

    Raises InvalidRequest if the file has an object, as GeoJSON and NDJSON have.
    """
    return number_values(_elements(JSONStream(text.read)), "JSON")


def read_lines(text: Text) -> Iterator[Numbered]:
    """Yield the object of each line; skip blank lines."""
    number = 0
    while line := text.read_line(MAX_LINE_LENGTH):
        number += 1
        if len(line) == MAX_LINE_LENGTH and not line.endswith("\n"):
            _skip_line(text)
            yield number, Problem("row", f"must not be longer than {MAX_LINE_LENGTH} characters")
        elif line.strip():
            yield number, _parse(line)


def _elements(stream: JSONStream) -> Iterator[Any]:
    if stream.peek() == "{":
        raise InvalidRequest([Problem("file", NO_ARRAY)])
    for _ in stream.items("[", "]"):
        yield stream.read_value_or_problem()
    stream.expect_end()


def _parse(line: str) -> Any:
    try:
        return json.loads(line, object_pairs_hook=unique_members, parse_constant=reject_constant)
    except InvalidRequest as error:
        parameter, message = error.problems[0]
        return Problem("row" if parameter == "body" else parameter, message)
    except (ValueError, RecursionError) as error:
        return Problem("row", f"is invalid JSON: {json_error_message(error)}")


def _skip_line(text: Text) -> None:
    while (part := text.read_line(MAX_LINE_LENGTH)) and not part.endswith("\n"):
        pass
