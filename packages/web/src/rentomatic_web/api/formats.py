"""Rooms in the format that a client asks for, by the suffix of the path or by Accept."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import flask
from flask import Response, current_app, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.utils import cached_property

from rentomatic.domain.globe import Point
from rentomatic.domain.room import Room
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.rooms import room_to_dict
from rentomatic_web.middleware.problem_details import MEDIA_TYPE as PROBLEM_DETAILS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Request(flask.Request):
    """A request whose `Accept` is compared by type and subtype alone.

    Parameters such as `charset` or `header` say how a format is sent, and each is sent in one way.
    Reading a body that ends before its Content-Length raises BadRequest.
    """

    def __init__(self, environ: "WSGIEnvironment", *arguments: Any, **options: Any) -> None:
        if environ.get("CONTENT_LENGTH"):
            # gunicorn promises that the stream ends with the body, also where it was cut off.
            environ.pop("wsgi.input_terminated", None)
        super().__init__(environ, *arguments, **options)

    @cached_property
    def accept_mimetypes(self) -> MIMEAccept:
        ranges = super().accept_mimetypes
        return MIMEAccept((name.partition(";")[0].strip(), quality) for name, quality in ranges)


def media_type(name: str) -> str:
    """Return the media type of a format, without parameters."""
    return FORMATS[name].media_type.partition(";")[0]


def chosen(names: Iterable[str]) -> str:
    """Return the name of the format, of these, that the client likes best.

    Raises NotAcceptable, which lists them, when it likes none.
    """
    names_of = {media_type(name): name for name in names}
    if "json" in names_of.values():
        names_of[PROBLEM_DETAILS] = "json"  # who wants problems so gets rooms as JSON
    accepted = request.accept_mimetypes
    best = accepted.best_match(names_of) if accepted else next(iter(names_of))
    if best is None:
        raise NotAcceptable(f"Available formats: {', '.join(names_of)}")
    return names_of[best]


def written_room(room: Room) -> Response:
    """Return an answer that holds one room."""
    return current_app.json.response(room_to_dict(room))  # type: ignore[return-value]


def written(rooms: Iterable[Room], name: str, near: Point | None) -> Response:
    """Return an answer that holds the rooms, with their distances from a point."""
    if name == "json":
        return current_app.json.response([room_to_dict(room, near) for room in rooms])  # type: ignore[return-value]
    text = "".join(FORMATS[name].write(rooms, near))
    return Response(text, content_type=FORMATS[name].media_type)


def streamed(rooms: Iterator[Room], name: str, near: Point | None) -> Response:
    """Return an answer that sends rooms as they come; what fails at once is not begun."""
    first = list(islice(rooms, 1))
    texts = FORMATS[name].write(chain(first, rooms), near)
    return Response(texts, content_type=FORMATS[name].media_type)
