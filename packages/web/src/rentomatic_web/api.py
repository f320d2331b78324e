"""Rooms over HTTP."""

from typing import cast

from flask import Blueprint, Response, current_app, request

from rentomatic.domain import Value
from rentomatic.repository import RoomRepository
from rentomatic.requests import parse_search
from rentomatic.serializers import room_to_dict
from rentomatic.use_cases import read_room, search_rooms
from rentomatic_web.links import links

bp = Blueprint("api", __name__)


def current_rooms() -> RoomRepository:
    """Return the repository that the application was made with."""
    return cast(RoomRepository, current_app.extensions["rooms"])


@bp.get("/")
def home() -> Response:
    """Lead to the rooms."""
    return Response(status=302, headers={"Location": "/rooms"}, mimetype="application/json")


@bp.get("/rooms")
def search() -> tuple[list[dict[str, Value]], dict[str, str]]:
    """Answer with a page of the rooms that meet every filter, as a bare array.

    What is to be said about the array stands in header fields.
    """
    page = search_rooms(current_rooms(), parse_search(request.args.items(multi=True)))
    total = {} if page.total is None else {"X-Total-Count": str(page.total)}
    return [room_to_dict(room) for room in page.rooms], {"Link": links(page), **total}


@bp.get("/rooms/<code:code>")
def read(code: str) -> dict[str, Value]:
    """Answer with one room."""
    return room_to_dict(read_room(current_rooms(), code))
