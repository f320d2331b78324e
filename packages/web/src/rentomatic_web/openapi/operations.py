"""What each view is asked and answers, where neither its path nor its docstring says it."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, NamedTuple

from rentomatic.serializers import FORMATS
from rentomatic_web.api import EXPORTED
from rentomatic_web.formats import media_type
from rentomatic_web.openapi import parameters
from rentomatic_web.openapi.answers import EVERYWHERE, TEXT, answer
from rentomatic_web.openapi.schemas import Schema, ref

BODIES: dict[str, Schema] = {
    "json": ref("schemas", "Rooms"),
    "geojson": ref("schemas", "FeatureCollection"),
    "csv": TEXT,
    "ndjson": TEXT,
}


class Operation(NamedTuple):
    """A view's parameters, and the answer when all is well; one with an ETag has conditions."""

    content: dict[str, Any]
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = ("Cache-Control", "ETag")
    failures: tuple[int, ...] = ()
    status: HTTPStatus = HTTPStatus.OK

    def describe(self, suffix: str = "") -> dict[str, Any]:
        """Return what OpenAPI has to say of it; a suffix leaves no choice of formats."""
        tagged = "ETag" in self.headers
        asked = (*self.parameters, *(parameters.HEADER if tagged else ()))
        others = {*((304, 412) if tagged else ()), *self.failures, *EVERYWHERE}
        content = self.content
        if suffix:
            others -= {406}
            content = {media_type(suffix): content[media_type(suffix)]}
        return {
            "parameters": [ref("parameters", name) for name in asked],
            "responses": {
                str(self.status.value): answer(self.status.phrase, self.headers, content),
                **{str(status): ref("responses", str(status)) for status in sorted(others)},
            },
        }


def rooms(names: Iterable[str]) -> dict[str, Any]:
    """Return the formats of a list of rooms; the first is what is sent when none is asked for."""
    return {media_type(name): {"schema": BODIES[name]} for name in names}


def json(schema: str) -> dict[str, Any]:
    """Return a body of JSON, by the name of its schema."""
    return {"application/json": {"schema": ref("schemas", schema)}}


# By endpoint.
OPERATIONS = {
    "api.home": Operation({}, headers=("Location",), status=HTTPStatus.FOUND),
    "api.search": Operation(
        rooms(FORMATS),
        parameters.SEARCH,
        ("Cache-Control", "ETag", "Link", "X-Total-Count"),
        (400, 406),
    ),
    "api.facets": Operation(json("Facets"), parameters.CONDITIONS, failures=(400,)),
    "api.clusters": Operation(json("Clusters"), parameters.IN_A_BOX, failures=(400,)),
    "api.export": Operation(
        rooms(EXPORTED), parameters.CONDITIONS, ("Cache-Control",), (400, 406, 422)
    ),
    "api.read": Operation(json("Room"), ("code",), failures=(404,)),
    "health.live": Operation(json("Health"), headers=("Cache-Control",)),
    "health.ready": Operation(json("Health"), headers=("Cache-Control",)),
    "docs.description": Operation({"application/json": {"schema": {"type": "object"}}}),
    "docs.page": Operation({"text/html": {"schema": TEXT}}),
    "docs.stylesheet": Operation({"text/css": {"schema": TEXT}}),
}
