"""The room as linked data of schema.org, for search engines."""

from typing import Any

from rentomatic.domain.room import Room
from rentomatic_web.context import current
from rentomatic_web.pages.photos import shown_photos
from rentomatic_web.pages.rendering import absolute_url, site_url

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


def linked_data(room: Room) -> dict[str, Any]:
    """Return an accommodation with its offer. As a Product, it may have offers."""
    members = {
        "@context": "https://schema.org",
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
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": room.latitude,
            "longitude": room.longitude,
        },
        "offers": _offer(room),
    }
    return {name: value for name, value in members.items() if value}


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
