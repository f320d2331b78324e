"""Read rooms from a GeoJSON FeatureCollection (RFC 7946), feature by feature."""

from collections.abc import Callable, Iterator
from typing import Any

from rentomatic.domain.room import FIELDS, Room
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.json_stream import JSONStream, number_values
from rentomatic.imports.rows import Row, parse_rows
from rentomatic.requests.bodies import room_of

COLLECTION = "FeatureCollection"
POSITION = ("longitude", "latitude")
PROPERTIES = [name for name in FIELDS if name not in POSITION]


def read_geojson(read: Callable[[int], str]) -> Iterator[Row]:
    """Yield a room or a rejected row for each feature; invalid JSON ends with a rejected row.

    Other members and properties are ignored. Raises InvalidRequest if the file contains no
    FeatureCollection.
    """
    features = number_values(_features(JSONStream(read)), "GeoJSON")
    return parse_rows(features, _room, {"body": "row"}, "feature")


def _features(stream: JSONStream) -> Iterator[Any]:
    has_features = False
    for _ in stream.items("{", "}"):
        name = stream.read_value()
        stream.expect(":")
        if name == "features":
            has_features = True
            for _ in stream.items("[", "]"):
                yield stream.read_value_or_problem()
        else:
            _check_member(name, stream.read_value())
    stream.expect_end()
    if not has_features:
        raise InvalidRequest([Problem("features", "is missing")])


def _check_member(name: Any, value: Any) -> None:
    if name == "type" and value != COLLECTION:
        raise InvalidRequest([Problem("type", f"must be {COLLECTION}")])


def _room(feature: Any) -> Room:
    geometry, properties = (_member(feature, name) for name in ("geometry", "properties"))
    members = {name: properties[name] for name in PROPERTIES if name in properties}
    if "id" in feature:
        members.setdefault("code", feature["id"])
    return room_of(members | dict(zip(POSITION, _position(geometry), strict=False)))


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
