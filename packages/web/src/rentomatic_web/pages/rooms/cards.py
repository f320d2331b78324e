"""Cards: the texts of a room in a list, and of its pin on a map."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from rentomatic.domain.fields import Photo
from rentomatic.domain.globe import Point
from rentomatic.domain.room import Room
from rentomatic.repository.gazetteer import Gazetteer
from rentomatic_web.context import current
from rentomatic_web.pages.rooms.photos import cover_of
from rentomatic_web.pages.texts.labels import word_label
from rentomatic_web.pages.texts.numbers import money
from rentomatic_web.pages.texts.translations import gettext
from rentomatic_web.pages.texts.wording import distance_text, measures, name_of, price_per_size

SEPARATOR = Markup(' <span aria-hidden="true">·</span> ')


class Card(NamedTuple):
    """A room and its texts; `name` is for those who do not see the card."""

    room: Room
    price: str
    sizes: str
    name: str
    facts: Markup
    cover: Photo | None


def cards_of(rooms: Iterable[Room], near: Point | None = None) -> list[Card]:
    """Return the cards of rooms; with a point, their last fact is the distance from it."""
    return [_card(room, near) for room in rooms]


def _card(room: Room, near: Point | None) -> Card:
    price, measured = money(room.price), measures(room)
    sizes = ", ".join(text for _, text in measured if text)
    facts = [text or gettext("%(label)s unknown", label=label) for label, text in measured]
    if room.kind:
        facts.insert(0, word_label("kind", room.kind))
    if room.size:
        facts.append(gettext("%(price)s per m²", price=price_per_size(room)))
    if place := _locality(room) or near_place(room):
        facts.append(place)
    if near:
        facts.append(gettext("%(distance)s away", distance=distance_text(room, near)))
    name = _name(room, price, sizes)
    return Card(room, price, sizes, name, SEPARATOR.join(facts), cover_of(room))


def _name(room: Room, price: str, sizes: str) -> str:
    values = {"room": name_of(room), "price": price, "size": sizes}
    if sizes:
        return gettext("%(room)s for %(price)s, %(size)s", **values)
    return gettext("%(room)s for %(price)s", **values)


def near_place(room: Room) -> str:
    """Return the place that a room is near, or an empty text if none is known."""
    # Rooms within about a kilometre share a result: finding the place takes 0.1 ms.
    name = _nearest_name(current().places, round(room.longitude, 2), round(room.latitude, 2))  # type: ignore[arg-type]
    return gettext("near %(place)s", place=name) if name else ""


@lru_cache(maxsize=4096)
def _nearest_name(places: Gazetteer, longitude: float, latitude: float) -> str:
    place = places.nearest(Point(longitude, latitude))
    return place.name if place else ""


def _locality(room: Room) -> str:
    address = room.address or {}
    return address.get("locality") or address.get("region") or ""
