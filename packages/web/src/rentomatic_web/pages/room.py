"""The page of one room."""

from flask import Response, render_template

from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE, Query
from rentomatic.domain.room import Room
from rentomatic.repository.protocols import RoomRepository
from rentomatic_web.context import current
from rentomatic_web.pages.map import box_of, view_of
from rentomatic_web.pages.rendering import html, site_url
from rentomatic_web.pages.state import State

NEIGHBOURS = 6
UNIT_CODES = {"day": "DAY", "week": "WEE", "month": "MON"}  # of UN/CEFACT


def room_page(room: Room) -> Response:
    """Render the room, its position on a map, and the nearest rooms."""
    near = Point(room.longitude, room.latitude)
    nearest = neighbours(current().rooms, room, near)
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
    """Return an Offer of schema.org, for search engines."""
    return {
        "@context": "https://schema.org",
        "@type": "Offer",
        "url": f"{site_url()}rooms/{room.code}",
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": room.price,
            "priceCurrency": current().settings.currency,
            "unitCode": UNIT_CODES[current().settings.rental_period],
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
    """Return the nearest other rooms."""
    found = rooms.search(Query(limit=NEIGHBOURS + 1, sort=DISTANCE, near=near))
    return [each for each in found if each.code != room.code][:NEIGHBOURS]
