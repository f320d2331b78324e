"""Read, create, replace, change and delete one room. Writing requires an editor token."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.http import http_date

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Action
from rentomatic.requests.bodies import parse_new_room, parse_patch, parse_whole_room
from rentomatic.serializers.rooms import room_to_dict
from rentomatic.use_cases.edit import add_room, change_room, put_room, remove_room
from rentomatic.use_cases.search import read_room
from rentomatic_web.api.formats import json_response
from rentomatic_web.api.openapi.operations import View, json, operation
from rentomatic_web.api.openapi.parameters import HEADER
from rentomatic_web.api.openapi.schemas import ref
from rentomatic_web.api.preconditions import Precondition
from rentomatic_web.context import current
from rentomatic_web.middleware.access import Cache, policy, rooms_for_token
from rentomatic_web.middleware.caching import strong_etag
from rentomatic_web.middleware.negotiation import HTML, JSON, prefers
from rentomatic_web.request import current_request

MERGE_PATCH = "application/merge-patch+json"
PATCH = {"schema": ref("schemas", "RoomPatch")}
FAILURES_OF_CHANGES = (400, 404, 412, 415)

bp = Blueprint("rooms", __name__)


def writes_room(*parameters: str, **members: Any) -> Callable[[View], View]:
    """Declare the Operation of a view that writes a room and returns it."""
    return operation("Rooms", json("Room"), parameters, ("ETag", "Content-Location"), **members)


@bp.get("/rooms/<code:code>")
@policy(Action.READ, Cache.ROOM, negotiated=True)
@operation(
    "Rooms",
    json("Room"),
    ("code",),
    ("Cache-Control", "ETag", "Last-Modified"),
    failures=(404,),
)
def read(code: str) -> Response:
    """Return one room as JSON, or as HTML if the client prefers HTML.

    If positions are approximate, a token that may edit rooms gets the exact one, with the street
    and the postcode.
    """
    if prefers(HTML):
        return current().room_page(code)
    room = read_room(rooms_for_token(), code)
    fields = {"Last-Modified": http_date(room.updated)}
    return json_response(room_to_dict(room), headers=fields)


@bp.post("/rooms")
@policy(Action.EDIT, negotiated=True)
@writes_room(failures=(400, 409, 415), statuses=(HTTPStatus.CREATED,), body=json("NewRoom"))
def add() -> Response:
    """Create a room with its own code or a new one."""
    room = parse_new_room(_body(JSON), lambda: str(uuid4()))
    current_request().code = room.code
    add_room(current().exact_rooms, room)
    return room_response(room, HTTPStatus.CREATED)


@bp.put("/rooms/<code:code>")
@policy(Action.EDIT, negotiated=True)
@writes_room(
    "code",
    *HEADER,
    failures=FAILURES_OF_CHANGES,
    statuses=(HTTPStatus.OK, HTTPStatus.CREATED),
    body=json("NewRoom"),
)
def put(code: str) -> Response:
    """Create or replace a room by its code.

    Idempotent: a client that generates the code can retry after a lost response.
    """
    room = parse_whole_room(_body(JSON), code)
    saved, created = put_room(current().exact_rooms, room, Precondition.of(request).check)
    return room_response(saved, HTTPStatus.CREATED if created else HTTPStatus.OK)


@bp.patch("/rooms/<code:code>")
@policy(Action.EDIT, negotiated=True)
@writes_room("code", *HEADER, failures=FAILURES_OF_CHANGES, body={MERGE_PATCH: PATCH, JSON: PATCH})
def change(code: str) -> Response:
    """Change the members of a room that a merge patch names (RFC 7396)."""
    patch, precondition = parse_patch(_body(MERGE_PATCH, JSON)), Precondition.of(request)

    def change(room: Room) -> Room:
        precondition.check(room)
        return patch(room)

    return room_response(change_room(current().exact_rooms, code, change), HTTPStatus.OK)


@bp.delete("/rooms/<code:code>")
@policy(Action.EDIT, negotiated=True)
@operation("Rooms", {}, ("code", *HEADER), (), (404, 412), (HTTPStatus.NO_CONTENT,))
def remove(code: str) -> Response:
    """Delete a room."""
    remove_room(current().exact_rooms, code, Precondition.of(request).check)
    response = Response(status=HTTPStatus.NO_CONTENT)
    del response.headers["Content-Type"]
    return response


def _body(*media_types: str) -> bytes:
    if request.mimetype not in media_types:
        raise UnsupportedMediaType(f"The body must be {' or '.join(media_types)}")
    return request.get_data()


def room_response(room: Room, status: HTTPStatus, created: str = "") -> Response:
    """Return the room with the ETag that the next change needs.

    `created` is the path of a part of the room that was created; by default, the room was.
    """
    path = f"/rooms/{room.code}"
    response = json_response(room_to_dict(room), status, {"Content-Location": path})
    response.headers.add("ETag", f'"{strong_etag(response.get_data())}"')
    if status == HTTPStatus.CREATED:
        response.headers.add("Location", created or path)
    return response
