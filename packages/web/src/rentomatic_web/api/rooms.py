"""Rooms written over HTTP, by who may."""

from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import UnsupportedMediaType

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Action
from rentomatic.requests.bodies import parse_new_room, parse_patch, parse_whole_room
from rentomatic.use_cases.edit import add_room, change_room, put_room, remove_room
from rentomatic_web.api.formats import written_room
from rentomatic_web.api.preconditions import meet
from rentomatic_web.middleware.access import authorize, public
from rentomatic_web.middleware.etags import strong_tag
from rentomatic_web.repository import current_rooms

JSON = ("application/json",)
MERGE_PATCH = ("application/merge-patch+json", "application/json")

bp = Blueprint("editing", __name__)


@bp.post("/rooms")
@public
def add() -> Response:
    """Add a room, under its own code or a new one."""
    authorize(Action.EDIT)
    room = parse_new_room(_body(JSON), lambda: str(uuid4()))
    g.code = room.code
    add_room(current_rooms(), room)
    return _answer(room, HTTPStatus.CREATED)


@bp.put("/rooms/<code:code>")
@public
def put(code: str) -> Response:
    """Keep a room under its code, in place of the one that was there, if one was.

    Asking again does no harm: whoever makes the code can repeat what got no answer.
    """
    authorize(Action.EDIT)
    room = parse_whole_room(_body(JSON), code)
    made = put_room(current_rooms(), room, meet)
    return _answer(room, HTTPStatus.CREATED if made else HTTPStatus.OK)


@bp.patch("/rooms/<code:code>")
@public
def change(code: str) -> Response:
    """Change the members of a room that a merge patch names (RFC 7396)."""
    authorize(Action.EDIT)
    patch = parse_patch(_body(MERGE_PATCH))

    def change(room: Room) -> Room:
        meet(room)
        return patch(room)

    return _answer(change_room(current_rooms(), code, change), HTTPStatus.OK)


@bp.delete("/rooms/<code:code>")
@public
def remove(code: str) -> Response:
    """Remove a room."""
    authorize(Action.EDIT)
    remove_room(current_rooms(), code, meet)
    response = Response(status=HTTPStatus.NO_CONTENT)
    del response.headers["Content-Type"]
    return response


def _body(media_types: tuple[str, ...]) -> bytes:
    """Return the body, or raise UnsupportedMediaType when it claims to be something else."""
    if request.mimetype not in media_types:
        raise UnsupportedMediaType(f"The body has to be {' or '.join(media_types)}")
    return request.get_data()


def _answer(room: Room, status: HTTPStatus) -> Response:
    """Answer with the room as it is kept now, and with the tag that the next change needs."""
    response = written_room(room)
    response.status_code = status
    response.headers["ETag"] = f'"{strong_tag(response.get_data())}"'
    response.headers["Content-Location"] = f"/rooms/{room.code}"
    if status == HTTPStatus.CREATED:
        response.headers["Location"] = f"/rooms/{room.code}"
    return response
