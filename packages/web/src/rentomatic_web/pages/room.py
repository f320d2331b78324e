"""The page of one room."""

from flask import Response, current_app, render_template

from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE, Query
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic_web.pages.map import box_of, view_of
from rentomatic_web.pages.rendering import html, site_url
from rentomatic_web.pages.state import State
from rentomatic_web.repository import current_rooms

NEIGHBOURS = 6
UNIT_CODES = {"day": "DAY", "week": "WEE", "month": "MON"}  # of UN/CEFACT


def show(room: Room) -> Response:
    """Show the room, where it is, and those that are nearest to it."""
    near = Point(room.longitude, room.latitude)
    nearest = neighbours(current_rooms(), room, near)
    text = render_template(
        "pages/room.html",
        room=room,
        near=near,
        nearest=nearest,
        view=view_of(box_of([room, *nearest])),
        linked_data=linked_data(room),
        nearest_url=State(
            near_longitude=str(room.longitude), near_latitude=str(room.latitude), sort=DISTANCE
        ).url(),
    )
    return html(text)


def linked_data(room: Room) -> dict[str, object]:
    """Return the room as an offer of schema.org, for search engines."""
    return {
        "@context": "https://schema.org",
        "@type": "Offer",
        "url": f"{site_url()}rooms/{room.code}",
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": room.price,
            "priceCurrency": current_app.config["CURRENCY_CODE"],
            "unitCode": UNIT_CODES[current_app.config["RENTAL_PERIOD"]],
        },
        "itemOffered": {
            "@type": "Room",
            "identifier": room.code,
            "floorSize": {"@type": "QuantitativeValue", "value": room.size, "unitCode": "MTK"},
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": room.latitude,
                "longitude": room.longitude,
            },
        },
    }


def neighbours(rooms: RoomRepository, room: Room, near: Point) -> list[Room]:
    """Return the rooms nearest to a room, the nearest first, without itself."""
    found = rooms.search(Query(limit=NEIGHBOURS + 1, sort=DISTANCE, near=near))
    return [each for each in found if each.code != room.code][:NEIGHBOURS]
