"""Rooms from the features of a GeoJSON FeatureCollection (RFC 7946), read one at a time."""

from collections.abc import Callable, Iterator
from typing import Any

from rentomatic.domain.room import FIELDS, Room
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.json_stream import JSONStream, values
from rentomatic.imports.rows import Row, to_rows
from rentomatic.requests.bodies import room_of

COLLECTION = "FeatureCollection"
PLACE = ("longitude", "latitude")
PROPERTIES = [name for name in FIELDS if name not in PLACE]


def read_geojson(read: Callable[[int], str]) -> Iterator[Row]:
    """Yield each feature, by its number, as its room or as rejected.

    Further members and properties are ignored. Raises InvalidRequest when the file is no
    FeatureCollection; where it is no JSON, the reading ends with a row that says so.
    """
    features = _features(JSONStream(read))
    return to_rows(values(features, "GeoJSON"), _room, {"body": "row"}, "feature")


def _features(stream: JSONStream) -> Iterator[Any]:
    found = False
    for _ in stream.parts("{", "}"):
        name = stream.value()
        stream.take(":")
        if name == "features":
            found = True
            for _ in stream.parts("[", "]"):
                yield stream.value_or_problem()
        else:
            _check_member(name, stream.value())
    stream.end()
    if not found:
        raise InvalidRequest([Problem("features", "is missing")])


def _check_member(name: Any, value: Any) -> None:
    if name == "type" and value != COLLECTION:
        raise InvalidRequest([Problem("type", f"must be {COLLECTION}")])


def _room(feature: Any) -> Room:
    geometry, properties = (_member(feature, name) for name in ("geometry", "properties"))
    members = {name: properties[name] for name in PROPERTIES if name in properties}
    if "id" in feature:
        members.setdefault("code", feature["id"])
    return room_of(members | dict(zip(PLACE, _position(geometry), strict=False)))


def _member(feature: Any, name: str) -> dict[str, Any]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise InvalidRequest([Problem("row", "must be a Feature")])
    member = feature.get(name)
    if not isinstance(member, dict):
        raise InvalidRequest([Problem(name, "is missing")])
    return member


def _position(geometry: dict[str, Any]) -> list[Any]:
    """Return longitude and latitude, and the height if there is one."""
    position = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(position, list):
        raise InvalidRequest([Problem("geometry", "must be a Point")])
    if len(position) not in (2, 3):
        raise InvalidRequest([Problem("geometry", "must contain longitude and latitude")])
    return position
