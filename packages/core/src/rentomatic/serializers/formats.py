"""The formats that rooms are written in."""

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rentomatic.domain.globe import Point
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.requests.formulas import guarded
from rentomatic.serializers.rooms import columns, room_to_columns, room_to_dict, room_to_feature

_encode = json.JSONEncoder(ensure_ascii=False).encode


class Writer(Protocol):
    """A function that yields the text of rooms; with a point, also their distances from it.

    `used` are the optional fields that the rooms have, which are columns of CSV.
    """

    def __call__(
        self, rooms: Iterable[Room], near: Point | None = None, used: Collection[str] = ()
    ) -> Iterator[str]: ...


@dataclass(frozen=True)
class Format:
    """A media type, and the function that writes it; with columns, it needs the used fields."""

    media_type: str
    write: Writer
    has_columns: bool = False


def to_json(
    rooms: Iterable[Room],
    near: Point | None = None,
    used: Collection[str] = (),  # noqa: ARG001
) -> Iterator[str]:
    """Yield a JSON array, one room per line."""
    return _array("[", (_encode(room_to_dict(room, near)) for room in rooms), "]\n")


def to_ndjson(
    rooms: Iterable[Room],
    near: Point | None = None,
    used: Collection[str] = (),  # noqa: ARG001
) -> Iterator[str]:
    """Yield one JSON object per line."""
    return (_encode(room_to_dict(room, near)) + "\n" for room in rooms)


def to_geojson(
    rooms: Iterable[Room],
    near: Point | None = None,
    used: Collection[str] = (),  # noqa: ARG001
) -> Iterator[str]:
    """Yield a GeoJSON FeatureCollection (RFC 7946, section 3.3)."""
    features = (_encode(room_to_feature(room, near)) for room in rooms)
    return _array('{"type": "FeatureCollection", "features": [', features, "]}\n")


def to_csv(
    rooms: Iterable[Room], near: Point | None = None, used: Collection[str] = ()
) -> Iterator[str]:
    """Yield a header and one row per room (RFC 4180), without formulas of spreadsheets.

    Raises RepositoryUnavailable if a room has another optional field than those in `used`.
    """
    header = columns(near, used)
    yield csv_row(header)
    for room in rooms:
        values = room_to_columns(room, near)
        yield csv_row([_cell(values.pop(name, "")) for name in header])
        if values:
            raise RepositoryUnavailable("The rooms were changed meanwhile; please try again")


FORMATS = {
    "json": Format("application/json", to_json),
    "geojson": Format("application/geo+json", to_geojson),
    "csv": Format("text/csv; charset=utf-8; header=present", to_csv, has_columns=True),
    "ndjson": Format("application/x-ndjson", to_ndjson),
}


def _cell(value: str | float) -> str | float:
    return guarded(value) if isinstance(value, str) else value


def csv_row(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _array(start: str, items: Iterable[str], end: str) -> Iterator[str]:
    yield start
    separator = "\n"
    for item in items:
        yield separator + item
        separator = ",\n"
    yield end
