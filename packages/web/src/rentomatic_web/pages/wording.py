"""Texts for numbers, prices, distances, rooms and parameters."""

from collections.abc import Callable
from textwrap import shorten
from typing import Any, NamedTuple

from rentomatic.domain.fields import Address, Whole
from rentomatic.domain.globe import Point
from rentomatic.domain.room import FIELDS, MONEY, REQUIRED, Room
from rentomatic.responses import Facet
from rentomatic_web.context import current

SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}
MAX_SUMMARY = 160  # characters
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
OPERATOR_WORDS = {
    "eq": "of",
    "ne": "other than",
    "lt": "below",
    "lte": "up to",
    "gt": "above",
    "gte": "from",
    "in": "among",
    "all": "with all of",
    "any": "with any of",
    "none": "with none of",
}
PARAMETER_WORDS = {
    "bbox": "map area",
    "cursor": "page",
    "filter_features__all": "features",
    "filter_kind__in": "kind",
    "near_latitude": "latitude",
    "near_longitude": "longitude",
    "q": "words",
    "sort": "sort by",
    "within": "distance in metres",
}
# Parameters whose value needs no verb before it.
PLAIN = ("filter_features__all", "filter_kind__in", "q")
# Names of columns, where they are not words for people.
LABELS = {"min_nights": "shortest stay", "url": "link"}

# Whole numbers that pages show with their unit: name, label, unit. `money` formats prices.
MEASURES = [
    (name, name.capitalize(), declared.unit)
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


def grouped(number: float, digits: int = 0) -> str:
    """Format a number with thousands separators."""
    return f"{number:,.{digits}f}".replace(",", THIN_SPACE)


def currency_symbol(currency: str) -> str:
    return SYMBOLS.get(currency, currency)


def money(amount: float, digits: int = 0) -> str:
    """Format an amount in the currency of the settings."""
    symbol = currency_symbol(current().settings.currency)
    return f"{symbol}\N{NO-BREAK SPACE}{grouped(amount, digits)}"


def measures(room: Room) -> list[tuple[str, str]]:
    """Return label and text of each measure of a room; the text is empty if it is unknown."""
    values = ((label, getattr(room, name), unit) for name, label, unit in MEASURES)
    return [(label, "" if value is None else f"{value} {unit}") for label, value, unit in values]


def price_per_size(room: Room) -> str:
    """Format the price per square metre; an unknown size gives an empty text."""
    return money(room.price / room.size, 2) if room.size else ""


def address_lines(address: Address) -> list[str]:
    """Return the lines of an address that are not empty."""
    town = f"{address.get('postcode', '')} {address.get('locality', '')}".strip()
    lines = (address.get("street"), town, address.get("region"), address.get("country"))
    return [line for line in lines if line]


def summary(room: Room) -> str:
    """Describe a room in one line for search engines and previews of links."""
    if room.description:
        return shorten(room.description, MAX_SUMMARY, placeholder="…")
    sizes = "".join(f" of {text}" for _, text in measures(room) if text)
    period = current().settings.rental_period
    return f"{room.title or 'A room'}{sizes} for {money(room.price)} per {period}."


def distance_text(room: Room, near: Point) -> str:
    """Format the distance of a room from a point, in m or km."""
    metres = near.distance(Point(room.longitude, room.latitude))
    if metres < 1000:
        return f"{metres:.0f}\N{NO-BREAK SPACE}m"
    return f"{grouped(metres / 1000, 1 if metres < 100_000 else 0)}\N{NO-BREAK SPACE}km"


def short_count(count: int) -> str:
    """Format a count in at most five characters, such as 12.3k."""
    if count < 1000:
        return str(count)
    thousands = count / 1000
    return f"{thousands:.3g}k" if thousands < 999 else f"{thousands / 1000:.3g}M"


def cluster_radius(count: int) -> int:
    """Return the radius of a circle that the formatted count fits into."""
    return 8 + 3 * len(short_count(count))


def parameter_words(parameter: str) -> str:
    """Return the name of a parameter for people, such as `price up to`."""
    if parameter in PARAMETER_WORDS:
        return PARAMETER_WORDS[parameter]
    field, _, operator = parameter.removeprefix("filter_").partition("__")
    return f"{label_of(field)} {OPERATOR_WORDS.get(operator or 'eq', operator)}"


def condition_words(parameter: str, text: str) -> str:
    """Return a condition for people, such as `price up to 60` or `features: wifi, balcony`."""
    if parameter == "bbox":
        return PARAMETER_WORDS[parameter]
    if parameter == "within":
        return f"within {text} metres"
    listed = text if parameter == "q" else ", ".join(text.split(","))
    return f"{parameter_words(parameter)}{':' if parameter in PLAIN else ''} {listed}"


def label_of(column: str) -> str:
    """Return the name of a field, or of a part of an address, for people."""
    return LABELS.get(column, column)


FILTERS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        address_lines,
        bars,
        cluster_radius,
        grouped,
        measures,
        money,
        parameter_words,
        price_per_size,
        short_count,
        summary,
    )
}
