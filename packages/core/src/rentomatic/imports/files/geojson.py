"""Read the features of a GeoJSON FeatureCollection (RFC 7946) as objects with a position."""

from collections.abc import Iterator
from typing import Any

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.files.encodings import Text
from rentomatic.imports.files.json_stream import JSONStream, number_values
from rentomatic.imports.files.tables import Numbered

COLLECTION = "FeatureCollection"
POSITION = ("longitude", "latitude")
# Names of longitude and latitude in degrees, in members `crs` of GeoJSON before RFC 7946.
DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_features(text: Text) -> Iterator[Numbered]:
    """Yield the properties of each feature, with code, longitude and latitude.

    The code is the feature's id, if no property has its name. Invalid JSON ends with a problem.
    Raises InvalidRequest if the file has no FeatureCollection, or one in another reference system.
    """
    for number, feature in number_values(_features(JSONStream(text.read)), "GeoJSON"):
        yield number, feature if isinstance(feature, Problem) else _properties(feature)


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
    if name == "crs" and value is not None:
        system = value.get("properties", {}).get("name") if _is_named(value) else value
        if not str(system).endswith(DEGREES):
            message = (
                f"must be longitude and latitude in degrees (EPSG:4326), not {str(system)[:80]}"
            )
            raise InvalidRequest([Problem("crs", message)])


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("properties", {}), dict)


def _properties(feature: Any) -> dict[str, Any] | Problem:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Problem("row", "must be a Feature")
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, dict):
        return Problem("geometry", "is missing")
    if not isinstance(properties, dict):
        return Problem("properties", "is missing")
    position = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(position, list):
        return Problem("geometry", "must be a Point")
    if len(position) not in (2, 3):
        return Problem("geometry", "must contain longitude and latitude")
    ids = {"code": feature["id"]} if "id" in feature else {}
    return {**ids, **properties, **dict(zip(POSITION, position, strict=False))}
