"""Rooms and places as linked data of schema.org, for search engines."""

from collections.abc import Sequence
from typing import Any

from rentomatic.domain.globe import Position
from rentomatic.domain.places import Place
from rentomatic.domain.room import Room
from rentomatic_web.context import current
from rentomatic_web.pages.found.paths import Crumb, canonical_url
from rentomatic_web.pages.rendering import absolute_url, site_url
from rentomatic_web.pages.rooms.photos import shown_photos

CONTEXT = "https://schema.org"
# Types by kind; a further kind is an Accommodation.
TYPES = {
    None: "Room",
    "apartment": "Apartment",
    "flat": "Apartment",
    "house": "House",
    "room": "Room",
    "studio": "Apartment",
    "suite": "Suite",
}
ADDRESS = {
    "street": "streetAddress",
    "postcode": "postalCode",
    "locality": "addressLocality",
    "region": "addressRegion",
    "country": "addressCountry",
}
UNIT_CODES = {"day": "DAY", "week": "WEE", "month": "MON"}  # of UN/CEFACT


def data_of_room(room: Room) -> dict[str, Any]:
    """Return an accommodation with its offer. As a Product, it may have offers."""
    members = {
        "@context": CONTEXT,
        "@type": [TYPES.get(room.kind, "Accommodation"), "Product"],
        "identifier": room.code,
        "name": room.title or "Room",
        "description": room.description,
        "image": [absolute_url(photo["url"]) for photo in shown_photos(room)],
        "floorSize": room.size and _quantity(value=room.size, unitCode="MTK"),
        "occupancy": room.capacity and _quantity(maxValue=room.capacity),
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": feature, "value": True}
            for feature in room.features
        ],
        "address": room.address and _address(room),
        "geo": _coordinates(room),
        "offers": _offer(room),
    }
    return {name: value for name, value in members.items() if value}


def data_of_place(place: Place, rooms: Sequence[Room], crumbs: Sequence[Crumb]) -> dict[str, Any]:
    """Return a page with a list of rooms, the place that it is about, and its breadcrumbs."""
    items = [
        {
            "@type": "ListItem",
            "position": number,
            "url": absolute_url(f"/rooms/{room.code}"),
            "name": room.title or "Room",
        }
        for number, room in enumerate(rooms, 1)
    ]
    return {
        "@context": CONTEXT,
        "@type": "CollectionPage",
        "url": canonical_url(crumbs[-1].path),
        "about": _place(place),
        "mainEntity": {"@type": "ItemList", "itemListElement": items},
        "breadcrumb": _breadcrumbs(crumbs),
    }


def data_of_crumbs(crumbs: Sequence[Crumb]) -> dict[str, Any]:
    """Return the breadcrumbs of a page."""
    return {"@context": CONTEXT, **_breadcrumbs(crumbs)}


def _breadcrumbs(crumbs: Sequence[Crumb]) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": absolute_url(path)}
        for number, (name, path) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _place(place: Place) -> dict[str, Any]:
    address = {"addressRegion": place.region, "addressCountry": place.country}
    return {
        "@type": "City",
        "name": place.name,
        "address": {
            "@type": "PostalAddress",
            **{name: text for name, text in address.items() if text},
        },
        "geo": _coordinates(place),
    }


def _coordinates(position: Position) -> dict[str, Any]:
    return {
        "@type": "GeoCoordinates",
        "latitude": position.latitude,
        "longitude": position.longitude,
    }


def _offer(room: Room) -> dict[str, Any]:
    settings = current().settings
    offer = {
        "@type": "Offer",
        "url": f"{site_url()}rooms/{room.code}",
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": room.price,
            "priceCurrency": settings.currency,
            "unitCode": UNIT_CODES[settings.rental_period],
        },
    }
    if room.min_nights:
        offer["eligibleDuration"] = _quantity(minValue=room.min_nights, unitCode="DAY")
    return offer


def _quantity(**members: object) -> dict[str, object]:
    return {"@type": "QuantitativeValue", **members}


def _address(room: Room) -> dict[str, Any]:
    parts = {ADDRESS[name]: part for name, part in (room.address or {}).items()}
    return {"@type": "PostalAddress", **parts}
