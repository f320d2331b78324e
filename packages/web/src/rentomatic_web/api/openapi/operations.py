"""The OpenAPI operation of a view, declared beside it."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

from rentomatic.domain.tokens import Action
from rentomatic_web.api.formats import media_type
from rentomatic_web.api.openapi import parameters
from rentomatic_web.api.openapi.responses import COMMON_FAILURES, TEXT, response
from rentomatic_web.api.openapi.schemas import Schema, ref

View = TypeVar("View", bound=Callable[..., Any])

SCHEME = "token"

BODIES: dict[str, Schema] = {
    "json": ref("schemas", "Rooms"),
    "geojson": ref("schemas", "FeatureCollection"),
    "csv": TEXT,
    "ndjson": TEXT,
    "xlsx": {"type": "string", "format": "binary"},
}


class Operation(NamedTuple):
    """The parameters and responses of a view.

    A response to GET with an ETag can be conditional; a view with an action can refuse tokens.
    """

    tag: str
    content: dict[str, Any]
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = ("Cache-Control", "ETag")
    failures: tuple[int, ...] = ()
    statuses: tuple[HTTPStatus, ...] = (HTTPStatus.OK,)
    body: dict[str, Any] | None = None

    def describe(self, action: Action | None, suffix: str = "") -> dict[str, Any]:
        """Return the Operation Object; with a suffix, there is only its format."""
        has_etag = "ETag" in self.headers and self.body is None
        names = (*self.parameters, *(parameters.HEADER if has_etag else ()))
        return {
            "parameters": [ref("parameters", name) for name in names],
            **({"requestBody": {"required": True, "content": self.body}} if self.body else {}),
            **({"security": [{SCHEME: []}]} if action else {}),
            "responses": self._successes(suffix) | self._failures(action, has_etag, suffix),
        }

    def _successes(self, suffix: str) -> dict[str, Any]:
        content = self.content
        if suffix:
            content = {media_type(suffix): content[media_type(suffix)]}
        return {
            str(status.value): response(
                status.phrase,
                (*self.headers, *(("Location",) if status is HTTPStatus.CREATED else ())),
                content,
            )
            for status in self.statuses
        }

    def _failures(self, action: Action | None, has_etag: bool, suffix: str) -> dict[str, Any]:
        statuses = {*self.failures, *COMMON_FAILURES}
        statuses |= {304, 412} if has_etag else set()
        statuses |= {401, 403} if action else set()
        statuses -= {406} if suffix else set()
        return {str(status): ref("responses", str(status)) for status in sorted(statuses)}


def operation(tag: str, *arguments: Any, **members: Any) -> Callable[[View], View]:
    """Declare the Operation of a view; its docstring is the summary and the description."""

    def declare(view: View) -> View:
        view.operation = Operation(tag, *arguments, **members)  # type: ignore[attr-defined]
        return view

    return declare


def rooms(names: Iterable[str]) -> dict[str, Any]:
    """Return the content of rooms in several formats; the first is the default."""
    return {media_type(name): {"schema": BODIES[name]} for name in names}


def json(schema: str) -> dict[str, Any]:
    """Return JSON content with the schema of that name."""
    return {"application/json": {"schema": ref("schemas", schema)}}
