"""From Room to plain structures and to the standard library's text."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Protocol

from rentomatic.domain.conditions import Filters
from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE
from rentomatic.domain.room import Room, Value
from rentomatic.errors import RejectedRow
from rentomatic.responses import Facets, ImportReport

COLUMNS = ("code", "size", "price", "latitude", "longitude")
DECIMALS = 3  # of a distance in metres


def room_to_dict(room: Room, near: Point | None = None) -> dict[str, Value]:
    """Return the members of a room, in the order in which they have always been sent.

    With a point, its distance from there in metres is the last.
    """
    members: dict[str, Value] = {
        "code": room.code,
        "size": room.size,
        "price": room.price,
        "latitude": room.latitude,
        "longitude": room.longitude,
    }
    if near:
        members[DISTANCE] = round(near.distance(room), DECIMALS)
    return members


def room_to_feature(room: Room, near: Point | None = None) -> dict[str, object]:
    """Return a room as a GeoJSON Feature, longitude first (RFC 7946, section 3.2)."""
    members = room_to_dict(room, near)
    return {
        "type": "Feature",
        "id": members.pop("code"),
        "geometry": {
            "type": "Point",
            "coordinates": [members.pop("longitude"), members.pop("latitude")],
        },
        "properties": members,
    }


def columns(near: Point | None) -> tuple[str, ...]:
    """Return the names of the members of a room, in their order."""
    return (*COLUMNS, DISTANCE) if near else COLUMNS


def facets_to_dict(facets: Facets, filters: Filters) -> dict[str, object]:
    """Return the members of facets; what is counted without a condition goes by its parameter."""
    fields = {name: asdict(facet) for name, facet in facets.fields.items()}
    names = (condition.parameter for condition in filters)
    without = dict(zip(names, facets.without, strict=bool(facets.without)))
    return {"count": facets.count, **fields, "without": without}


def report_to_dict(report: ImportReport) -> dict[str, object]:
    """Return the members of a report, every problem of the rows that it lists on its own."""
    counts = {name: count for name, count in vars(report).items() if name != "rows"}
    return {**counts, "errors": rejected_to_list(report.rows)}


def rejected_to_list(rows: Iterable[RejectedRow]) -> list[dict[str, Value]]:
    """Return every problem of the rows: in which row, in which column, and what it is."""
    return [
        {"row": row.row, "column": problem.parameter, "message": problem.message}
        for row in rows
        for problem in row.problems
    ]


def rejected_to_csv(rows: Iterable[RejectedRow]) -> Iterator[str]:
    """Yield a header and every problem of the rows; a spreadsheet cannot run any of the cells."""
    yield _csv_row(("row", "column", "message"))
    for row in rows:
        for problem in rejected_to_list([row]):
            yield _csv_row(map(_inert, problem.values()))


def _inert(cell: Value) -> Value:
    """Return text of somebody else's that a spreadsheet would take for a formula as plain text."""
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def to_json(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield a JSON array, one room a line."""
    return _array("[", (json.dumps(room_to_dict(room, near)) for room in rooms), "]\n")


def to_ndjson(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield one JSON object a line."""
    return (json.dumps(room_to_dict(room, near)) + "\n" for room in rooms)


def to_geojson(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield a GeoJSON FeatureCollection (RFC 7946, section 3.3)."""
    features = (json.dumps(room_to_feature(room, near)) for room in rooms)
    return _array('{"type": "FeatureCollection", "features": [', features, "]}\n")


def to_csv(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield a header and one row a room (RFC 4180); a spreadsheet cannot run any of the cells."""
    yield _csv_row(columns(near))
    for room in rooms:
        yield _csv_row(room_to_dict(room, near).values())


class Writer(Protocol):
    """Yields the text of rooms; with a point, their distances from there too."""

    def __call__(self, rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]: ...


@dataclass(frozen=True)
class Format:
    """A way to write rooms: its media type, and the text of any number of them."""

    media_type: str
    write: Writer


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
