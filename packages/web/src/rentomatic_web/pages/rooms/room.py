"""The page of one room."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from flask import Response, render_template, request

from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE, Query
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Action
from rentomatic.domain.withdrawn import WithdrawnRoom
from rentomatic.errors import RoomNotFound
from rentomatic.repository.protocols import RoomRepository
from rentomatic.use_cases.places_with_rooms import place_of
from rentomatic.use_cases.search import read_room
from rentomatic_web.context import current
from rentomatic_web.middleware.session import session_token
from rentomatic_web.pages.found.linked_data import data_of_crumbs, data_of_room
from rentomatic_web.pages.found.paths import crumbs_of, main_place
from rentomatic_web.pages.map.view import box_of, view_of
from rentomatic_web.pages.rendering import html
from rentomatic_web.pages.rooms.cards import Card, cards_of, near_place
from rentomatic_web.pages.rooms.photos import linked_photos, shown_photos
from rentomatic_web.pages.state import State
from rentomatic_web.pages.texts.translations import gettext, lazy_gettext
from rentomatic_web.request import current_request

NEIGHBOURS = 6
# The text of the button by the scheme of a room's link.
LINK_TEXTS = {
    "https": lazy_gettext("Rent this room"),
    "mailto": lazy_gettext("Write"),
    "tel": lazy_gettext("Call"),
}


def room_page(
    code: str,
    problems: Mapping[str, str] = MappingProxyType({}),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Render the room, its position on a map, and the nearest rooms.

    If the room was deleted, the page has the status 410 and the rooms near it. `problems` are
    those of the form that adds a photo, by field.
    """
    rooms = current().rooms
    try:
        room = read_room(rooms, code)
    except RoomNotFound:
        withdrawn = rooms.find_withdrawn(code)
        if withdrawn is None:
            raise
        return _withdrawn_page(withdrawn)
    near = Point(room.longitude, room.latitude)
    nearest = neighbours(rooms, near, code)
    door = _door_of(room)
    place = place_of(current().places, near)
    crumbs = crumbs_of(main_place(place)) if place else []
    text = render_template(
        "pages/room.html",
        room=room,
        problems=problems,
        keeps_photos=bool(current().settings.photo_folder),
        alt=request.form.get("alt", "") if problems else "",
        card=cards_of([room])[0],
        near_place="" if room.address else near_place(room),
        nearest=cards_of(nearest, near),
        door=door,
        view=view_of(box_of([room, *nearest, *([door.room] if door else [])])),
        photos=shown_photos(room),
        linked_photos=linked_photos(room),
        link_text=LINK_TEXTS[room.url.partition(":")[0]] if room.url else "",
        crumbs=crumbs,
        linked_data=data_of_room(room),
        linked_crumbs=data_of_crumbs(crumbs) if crumbs else None,
        nearest_url=_url_of_nearest(near),
    )
    return html(text, status)


def _door_of(room: Room) -> Card | None:
    """Return the card of the door, if positions are approximate and the session may see it."""
    context, token = current(), session_token()
    if context.settings.positions == "exact" or not (token and token.may(Action.EDIT)):
        return None
    (card,) = cards_of([read_room(context.exact_rooms, room.code)])
    return card._replace(price=gettext("Exact position"), name=gettext("Exact position"))


def _withdrawn_page(withdrawn: WithdrawnRoom) -> Response:
    current_request().error = "room_withdrawn"
    near = Point(withdrawn.longitude, withdrawn.latitude)
    nearest = neighbours(current().rooms, near)
    text = render_template(
        "pages/withdrawn.html", nearest=cards_of(nearest, near), nearest_url=_url_of_nearest(near)
    )
    return html(text, HTTPStatus.GONE)


def neighbours(rooms: RoomRepository, near: Point, code: str | None = None) -> list[Room]:
    """Return the rooms nearest to the point, except the one with that code."""
    found = rooms.search(Query(limit=NEIGHBOURS + 1, sort=DISTANCE, near=near))
    return [each for each in found if each.code != code][:NEIGHBOURS]


def _url_of_nearest(near: Point) -> str:
    return State(
        near_longitude=str(near.longitude), near_latitude=str(near.latitude), sort=DISTANCE
    ).url()
