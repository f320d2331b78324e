"""Rooms in the format that a client asks for, by the suffix of the path or by Accept."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from http import HTTPStatus
from itertools import chain, islice

import orjson
from flask import Response
from werkzeug.exceptions import NotAcceptable

from rentomatic.domain.globe import Point
from rentomatic.domain.room import Room
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.rooms import room_to_dict, used_fields
from rentomatic_web.middleware.errors import PROBLEM_DETAILS
from rentomatic_web.middleware.negotiation import JSON, preferred


def media_type(name: str) -> str:
    """Return the media type of a format, without parameters."""
    return FORMATS[name].media_type.partition(";")[0]


def negotiate_format(names: tuple[str, ...]) -> str:
    """Return the format that the client prefers; raise NotAcceptable if it accepts none."""
    names_of = _by_media_type(names)
    best = preferred(*names_of)
    if best is None:
        raise NotAcceptable(f"Available formats: {', '.join(names_of)}")
    return names_of[best]


@cache
def _by_media_type(names: tuple[str, ...]) -> dict[str, str]:
    names_of = {media_type(name): name for name in names}
    if "json" in names:
        names_of[PROBLEM_DETAILS] = "json"  # a client that accepts problem+json gets rooms as JSON
    return names_of


def json_response(
    content: object, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    """Return a response with the content as JSON; orjson rejects NaN (RFC 8259)."""
    return Response(orjson.dumps(content), status, headers, content_type=JSON)


def rooms_response(
    rooms: Sequence[Room], name: str, near: Point | None, headers: dict[str, str]
) -> Response:
    """Return a response with the rooms and their distances from a point."""
    if name == "json":
        members = [room_to_dict(room, near) for room in rooms]
        return json_response(members, headers=headers)
    text = "".join(FORMATS[name].write(rooms, near, used_fields(rooms)))
    return Response(text, headers=headers, content_type=FORMATS[name].media_type)


def stream_response(
    rooms: Iterator[Room], name: str, near: Point | None, used: Collection[str]
) -> Response:
    """Return a response that streams the rooms, which have the optional fields in `used`.

    Errors before the first room are raised.
    """
    first = list(islice(rooms, 1))
    texts = FORMATS[name].write(chain(first, rooms), near, used)
    return Response(texts, content_type=FORMATS[name].media_type)
