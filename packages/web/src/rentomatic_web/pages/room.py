"""The page of one room."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from flask import Response, render_template, request

from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE, Query
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic_web.context import current
from rentomatic_web.pages.cards import cards_of
from rentomatic_web.pages.linked_data import linked_data
from rentomatic_web.pages.map import box_of, view_of
from rentomatic_web.pages.photos import linked_photos, shown_photos
from rentomatic_web.pages.rendering import html
from rentomatic_web.pages.state import State
from rentomatic_web.pages.translations import lazy_gettext

NEIGHBOURS = 6
# The text of the button by the scheme of a room's link.
LINK_TEXTS = {
    "https": lazy_gettext("Rent this room"),
    "mailto": lazy_gettext("Write"),
    "tel": lazy_gettext("Call"),
}


def room_page(
    room: Room,
    problems: Mapping[str, str] = MappingProxyType({}),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Render the room, its position on a map, and the nearest rooms.

    `problems` are those of the form that adds a photo, by field.
    """
    near = Point(room.longitude, room.latitude)
    nearest = neighbours(current().rooms, room, near)
    text = render_template(
        "pages/room.html",
        room=room,
        problems=problems,
        keeps_photos=bool(current().settings.photo_folder),
        alt=request.form.get("alt", "") if problems else "",
        card=cards_of([room])[0],
        nearest=cards_of(nearest, near),
        view=view_of(box_of([room, *nearest])),
        photos=shown_photos(room),
        linked_photos=linked_photos(room),
        link_text=LINK_TEXTS[room.url.partition(":")[0]] if room.url else "",
        linked_data=linked_data(room),
        nearest_url=State(
            near_longitude=str(room.longitude), near_latitude=str(room.latitude), sort=DISTANCE
        ).url(),
    )
    return html(text, status)


def neighbours(rooms: RoomRepository, room: Room, near: Point) -> list[Room]:
    """Return the nearest other rooms."""
    found = rooms.search(Query(limit=NEIGHBOURS + 1, sort=DISTANCE, near=near))
    return [each for each in found if each.code != room.code][:NEIGHBOURS]
