"""What each view is asked and answers, where neither its path nor its docstring says it."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, NamedTuple

from rentomatic.domain.tokens import Action
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.serializers.formats import FORMATS
from rentomatic_web.api.formats import media_type
from rentomatic_web.api.openapi import parameters
from rentomatic_web.api.openapi.answers import EVERYWHERE, TEXT, answer
from rentomatic_web.api.openapi.schemas import Schema, ref
from rentomatic_web.api.search import EXPORTED

SCHEME = "token"
PATCH = {"schema": ref("schemas", "RoomPatch")}
# Header fields that a status brings with it.
ALSO = {HTTPStatus.CREATED: ("Location",)}

BODIES: dict[str, Schema] = {
    "json": ref("schemas", "Rooms"),
    "geojson": ref("schemas", "FeatureCollection"),
    "csv": TEXT,
    "ndjson": TEXT,
}


class Operation(NamedTuple):
    """A view's parameters, and what it answers when all is well.

    What is read with an ETag has conditions; what needs a token for an action can be refused.
    """

    content: dict[str, Any]
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = ("Cache-Control", "ETag")
    failures: tuple[int, ...] = ()
    statuses: tuple[HTTPStatus, ...] = (HTTPStatus.OK,)
    body: dict[str, Any] | None = None
    action: Action | None = None

    def describe(self, suffix: str = "") -> dict[str, Any]:
        """Return what OpenAPI has to say of it; a suffix leaves no choice of formats."""
        tagged = "ETag" in self.headers and self.body is None
        asked = (*self.parameters, *(parameters.HEADER if tagged else ()))
        return {
            "parameters": [ref("parameters", name) for name in asked],
            **({"requestBody": {"required": True, "content": self.body}} if self.body else {}),
            **({"security": [{SCHEME: []}]} if self.action else {}),
            "responses": self._successes(suffix) | self._failures(tagged, suffix),
        }

    def _successes(self, suffix: str) -> dict[str, Any]:
        content = self.content
        if suffix:
            content = {media_type(suffix): content[media_type(suffix)]}
        return {
            str(status.value): answer(
                status.phrase, (*self.headers, *ALSO.get(status, ())), content
            )
            for status in self.statuses
        }

    def _failures(self, tagged: bool, suffix: str) -> dict[str, Any]:
        statuses = {*self.failures, *EVERYWHERE}
        statuses |= {304, 412} if tagged else set()
        statuses |= {401, 403} if self.action else set()
        statuses -= {406} if suffix else set()
        return {str(status): ref("responses", str(status)) for status in sorted(statuses)}


def rooms(names: Iterable[str]) -> dict[str, Any]:
    """Return the formats of a list of rooms; the first is what is sent when none is asked for."""
    return {media_type(name): {"schema": BODIES[name]} for name in names}


def json(schema: str) -> dict[str, Any]:
    """Return a body of JSON, by the name of its schema."""
    return {"application/json": {"schema": ref("schemas", schema)}}


def writing(
    body: dict[str, Any], asked: tuple[str, ...] = (), **more: tuple[Any, ...]
) -> Operation:
    """Return the operation that writes one room and answers with it."""
    headers = ("ETag", "Content-Location")
    return Operation(json("Room"), asked, headers, body=body, action=Action.EDIT, **more)


# By endpoint.
OPERATIONS = {
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
    "editing.add": writing(
        json("NewRoom"), statuses=(HTTPStatus.CREATED,), failures=(400, 409, 415)
    ),
    "editing.put": writing(
        json("NewRoom"),
        ("code", *parameters.HEADER),
        statuses=(HTTPStatus.OK, HTTPStatus.CREATED),
        failures=(400, 404, 412, 415),
    ),
    "editing.change": writing(
        {"application/merge-patch+json": PATCH, "application/json": PATCH},
        ("code", *parameters.HEADER),
        failures=(400, 404, 412, 415),
    ),
    "editing.remove": Operation(
        {},
        ("code", *parameters.HEADER),
        (),
        (404, 412),
        (HTTPStatus.NO_CONTENT,),
        action=Action.EDIT,
    ),
    "imports.import_": Operation(
        json("ImportReport"),
        tuple(parameters.IMPORT),
        (),
        (400, 415, 422),
        body=rooms(ROW_FORMATS),
        action=Action.IMPORT,
    ),
    "health.live": Operation(json("Health"), headers=("Cache-Control",)),
    "health.ready": Operation(json("Health"), headers=("Cache-Control",)),
    "docs.description": Operation({"application/json": {"schema": {"type": "object"}}}),
    "docs.page": Operation({"text/html": {"schema": TEXT}}),
    "docs.stylesheet": Operation({"text/css": {"schema": TEXT}}),
}
