"""From Room to plain structures and to the standard library's text."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from rentomatic.domain import Room, Value
from rentomatic.query import AnyOf, Filter, Filters
from rentomatic.responses import Facets

COLUMNS = ("code", "size", "price", "latitude", "longitude")


def room_to_dict(room: Room) -> dict[str, Value]:
    """Return the members of a room, in the order in which they have always been sent."""
    return {
        "code": room.code,
        "size": room.size,
        "price": room.price,
        "latitude": room.latitude,
        "longitude": room.longitude,
    }


def room_to_feature(room: Room) -> dict[str, object]:
    """Return a room as a GeoJSON Feature, longitude first (RFC 7946, section 3.2)."""
    return {
        "type": "Feature",
        "id": room.code,
        "geometry": {"type": "Point", "coordinates": [room.longitude, room.latitude]},
        "properties": {"size": room.size, "price": room.price},
    }


def facets_to_dict(facets: Facets, filters: Filters) -> dict[str, object]:
    """Return the members of facets; what is counted without a condition goes by its parameter."""
    fields = {name: asdict(facet) for name, facet in facets.fields.items()}
    without = dict(zip(map(parameter_of, filters), facets.without, strict=True))
    return {"count": facets.count, **fields, "without": without}


def parameter_of(condition: Filter | AnyOf) -> str:
    """Return the query parameter that a condition comes from."""
    if isinstance(condition, AnyOf):
        return "bbox"
    return f"filter_{condition.field}__{condition.operator}"


def to_json(rooms: Iterable[Room]) -> Iterator[str]:
    """Yield a JSON array, one room a line."""
    return _array("[", (json.dumps(room_to_dict(room)) for room in rooms), "]\n")


def to_ndjson(rooms: Iterable[Room]) -> Iterator[str]:
    """Yield one JSON object a line."""
    return (json.dumps(room_to_dict(room)) + "\n" for room in rooms)


def to_geojson(rooms: Iterable[Room]) -> Iterator[str]:
    """Yield a GeoJSON FeatureCollection (RFC 7946, section 3.3)."""
    features = (json.dumps(room_to_feature(room)) for room in rooms)
    return _array('{"type": "FeatureCollection", "features": [', features, "]}\n")


def to_csv(rooms: Iterable[Room]) -> Iterator[str]:
    """Yield a header and one row a room (RFC 4180); a spreadsheet cannot run any of the cells."""
    yield _csv_row(COLUMNS)
    for room in rooms:
        yield _csv_row(room_to_dict(room).values())


@dataclass(frozen=True)
class Format:
    """A way to write rooms: its media type, and the text of any number of them."""

    media_type: str
    write: Callable[[Iterable[Room]], Iterator[str]]


FORMATS = {
    "json": Format("application/json", to_json),
    "geojson": Format("application/geo+json", to_geojson),
    "csv": Format("text/csv; charset=utf-8; header=present", to_csv),
    "ndjson": Format("application/x-ndjson", to_ndjson),
}


def _array(start: str, items: Iterable[str], end: str) -> Iterator[str]:
    yield start
    separator = "\n"
    for item in items:
        yield separator + item
        separator = ",\n"
    yield end


def _csv_row(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
