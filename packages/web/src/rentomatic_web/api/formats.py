"""Rooms in the format that a client asks for, by the suffix of the path or by Accept."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from flask import Response, current_app, request
from werkzeug.exceptions import NotAcceptable

from rentomatic.domain.globe import Point
from rentomatic.domain.room import Room
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.rooms import room_to_dict
from rentomatic_web.middleware.errors import PROBLEM_DETAILS


def media_type(name: str) -> str:
    """Return the media type of a format, without parameters."""
    return FORMATS[name].media_type.partition(";")[0]


def negotiate_format(names: Iterable[str]) -> str:
    """Return the format that the client prefers; raise NotAcceptable if it accepts none."""
    names_of = {media_type(name): name for name in names}
    if "json" in names_of.values():
        names_of[PROBLEM_DETAILS] = "json"  # a client that accepts problem+json gets rooms as JSON
    accepted = request.accept_mimetypes
    best = accepted.best_match(names_of) if accepted else next(iter(names_of))
    if best is None:
        raise NotAcceptable(f"Available formats: {', '.join(names_of)}")
    return names_of[best]


def rooms_response(rooms: Iterable[Room], name: str, near: Point | None) -> Response:
    """Return a response with the rooms and their distances from a point."""
    if name == "json":
        return current_app.json.response([room_to_dict(room, near) for room in rooms])  # type: ignore[return-value]
    text = "".join(FORMATS[name].write(rooms, near))
    return Response(text, content_type=FORMATS[name].media_type)


def stream_response(rooms: Iterator[Room], name: str, near: Point | None) -> Response:
    """Return a response that streams the rooms; errors before the first room are raised."""
    first = list(islice(rooms, 1))
    texts = FORMATS[name].write(chain(first, rooms), near)
    return Response(texts, content_type=FORMATS[name].media_type)
