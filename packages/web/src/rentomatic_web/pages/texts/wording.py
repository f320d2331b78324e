"""Texts about rooms: prices, measures, addresses, distances and summaries."""

from collections.abc import Callable
from textwrap import shorten
from typing import Any, NamedTuple

from rentomatic.domain.fields import Address, Whole
from rentomatic.domain.globe import Point
from rentomatic.domain.room import FIELDS, MONEY, REQUIRED, Room
from rentomatic.responses import Facet
from rentomatic_web.context import current
from rentomatic_web.pages.texts.labels import label_of, parameter_words, sentence_case, word_label
from rentomatic_web.pages.texts.messages import translated
from rentomatic_web.pages.texts.numbers import distance, grouped, measure, money, rate, short_count
from rentomatic_web.pages.texts.translations import gettext, lazy_gettext

MAX_SUMMARY = 160  # characters
# The periods of RENTOMATIC_RENTAL_PERIOD: after a price, and with it.
PER_PERIOD = {
    "day": lazy_gettext("per day"),
    "week": lazy_gettext("per week"),
    "month": lazy_gettext("per month"),
}
PRICES_PER_PERIOD = {
    "day": lazy_gettext("%(price)s per day"),
    "week": lazy_gettext("%(price)s per week"),
    "month": lazy_gettext("%(price)s per month"),
}
# Whole numbers that pages show with their unit: name and unit. `money` formats prices.
MEASURES = [
    (name, declared.unit)
    for name, declared in FIELDS.items()
    if name in REQUIRED and isinstance(declared.type, Whole) and declared.unit != MONEY
]


class Bar(NamedTuple):
    """One bucket of a facet: position, width and height in percent."""

    x: float
    width: float
    height: float


def bars(facet: Facet) -> list[Bar]:
    """Return the bars of a histogram; the fullest bucket has the full height."""
    most = max(facet.buckets, default=0)
    width = 100 / max(len(facet.buckets), 1)
    return [
        Bar(index * width, width, 100 * count / most if most else 0)
        for index, count in enumerate(facet.buckets)
    ]


def per_period() -> str:
    """Return the words after a price, such as `per day`."""
    return str(PER_PERIOD[current().settings.rental_period])


def rent(room: Room) -> str:
    """Format the price with its period."""
    return price_per_period(room.price)


def price_per_period(price: int) -> str:
    return PRICES_PER_PERIOD[current().settings.rental_period] % {"price": money(price)}


def measures(room: Room) -> list[tuple[str, str]]:
    """Return label and text of each measure of a room; the text is empty if it is unknown."""
    values = ((label_of(name), getattr(room, name), unit) for name, unit in MEASURES)
    return [
        (label, "" if value is None else measure(value, unit)) for label, value, unit in values
    ]


def price_per_size(room: Room) -> str:
    """Format the price per square metre; an unknown size gives an empty text."""
    return rate(room.price / room.size) if room.size else ""


def address_lines(address: Address) -> list[str]:
    """Return the lines of an address that are not empty."""
    town = f"{address.get('postcode', '')} {address.get('locality', '')}".strip()
    lines = (address.get("street"), town, address.get("region"), address.get("country"))
    return [line for line in lines if line]


def name_of(room: Room) -> str:
    """Return the title, or a text that names no room in particular."""
    return room.title or gettext("Room")


def headline(room: Room) -> str:
    """Return name, measures and price of a room in one line."""
    sizes = ", ".join(text for _, text in measures(room) if text)
    values = {"room": name_of(room), "size": sizes, "rent": rent(room)}
    if sizes:
        return gettext("%(room)s, %(size)s for %(rent)s", **values)
    return gettext("%(room)s for %(rent)s", **values)


def summary(room: Room) -> str:
    """Describe a room in one line for search engines and previews of links."""
    if room.description:
        return shorten(room.description, MAX_SUMMARY, placeholder="…")
    return gettext("%(message)s.", message=headline(room))


def distance_text(room: Room, near: Point) -> str:
    """Format the distance of a room from a point, in m or km."""
    return distance(near.distance(Point(room.longitude, room.latitude)))


def cluster_radius(count: int) -> int:
    """Return the radius of a circle that the formatted count fits into."""
    return 8 + 3 * len(short_count(count))


FILTERS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        address_lines,
        bars,
        cluster_radius,
        grouped,
        headline,
        label_of,
        measures,
        money,
        name_of,
        parameter_words,
        price_per_period,
        price_per_size,
        rent,
        sentence_case,
        short_count,
        summary,
        translated,
        word_label,
    )
}
