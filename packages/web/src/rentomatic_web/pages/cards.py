"""Cards: the texts of a room in a list, and of its pin on a map."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from rentomatic.domain.fields import Photo
from rentomatic.domain.globe import Point
from rentomatic.domain.room import Room
from rentomatic_web.pages.labels import word_label
from rentomatic_web.pages.numbers import money
from rentomatic_web.pages.photos import cover_of
from rentomatic_web.pages.translations import gettext
from rentomatic_web.pages.wording import distance_text, measures, name_of, price_per_size

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
    if room.address and (place := room.address.get("locality") or room.address.get("region")):
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
