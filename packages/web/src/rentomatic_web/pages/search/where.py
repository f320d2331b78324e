"""Where a visitor looks for rooms: a place, chosen or typed, and the radius around it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from rentomatic.domain.numbers import INT32_MAX, finite_number, whole_number
from rentomatic.domain.places import FoundPlace, Place
from rentomatic.domain.words import query_words
from rentomatic.errors import InvalidRequest, RepositoryUnavailable
from rentomatic.repository.gazetteer import NO_PLACES
from rentomatic.requests.places import parse_places
from rentomatic.requests.search import NEAR, parse_search
from rentomatic.use_cases.places import find_places, meant_place
from rentomatic_web.context import current
from rentomatic_web.pages.found.paths import country_name
from rentomatic_web.pages.state import State
from rentomatic_web.pages.texts.numbers import radius

WHERE = "where"  # the field of the typed text; no parameter of the API
MAX_CHOICES = 10
RADII = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)  # metres


class Choice(NamedTuple):
    """A place that a text may mean; `rooms` is None if their number is unknown."""

    name: str
    area: str
    url: str
    rooms: int | None


class Radius(NamedTuple):
    """An option of `within`; the value of the default one is empty."""

    value: str
    text: str
    is_chosen: bool


class PlaceField(NamedTuple):
    """The text of the field, the id of the chosen place, and the radii to choose from."""

    text: str
    place: str
    radii: list[Radius]


def place_of(state: State) -> Place | None:
    with suppress(ValueError):
        return current().places.get(whole_number(state.get("place", ""), 1, INT32_MAX))
    return None


def area_of(place: Place, country: str) -> str:
    """Return the region and the country of a place."""
    region = place.region if place.region != place.name else ""
    return _listed(region, country)


def label_of(place: Place) -> str:
    """Return the text of a chosen place in the field, whose names the gazetteer finds again."""
    return _listed(place.name, area_of(place, place.country_name))


def place_field(state: State, typed: str | None = None) -> PlaceField | None:
    """Return the field of a search, with the place or the text that was typed instead of it."""
    if current().places is NO_PLACES:
        return None
    if typed is not None:
        return PlaceField(typed, "", [])
    place = place_of(state)
    if place is None:
        return PlaceField("", "", [])
    return PlaceField(label_of(place), str(place.id), _radii(state, place))


def _radii(state: State, place: Place) -> list[Radius]:
    metres: float = place.radius
    with suppress(ValueError):
        metres = finite_number(state.get("within", ""))
    return [
        Radius(_value_of(each, place), radius(each), each == metres)
        for each in sorted({*RADII, place.radius, metres})
    ]


def _value_of(metres: float, place: Place) -> str:
    return "" if metres == place.radius else str(metres).removesuffix(".0")


def around(state: State, place: Place) -> State:
    """Return the first page of the search around a place, wherever the search was before."""
    dropped = ("bbox", "cursor", *NEAR)
    kept = {name: text for name, text in state.items() if name not in dropped}
    return State(kept | {"place": str(place.id)})


def find_named(text: str) -> list[FoundPlace]:
    """Return the places that a typed text may mean.

    A single one is meant without doubt. Raises InvalidRequest for the field `where`.
    """
    try:
        parse_places([("q", text)])
    except InvalidRequest as error:
        problems = [problem._replace(parameter=WHERE) for problem in error.problems]
        raise InvalidRequest(problems) from error
    found = find_places(current().places, current().rooms, text, MAX_CHOICES)
    words, name = query_words(text), query_words(text.partition(",")[0])
    labelled = [each for each in found if query_words(label_of(each.place)) == words]
    meant = meant_place(found)
    return labelled or ([meant] if meant and query_words(meant.name) == name else found)


def choices_of(state: State, found: Sequence[FoundPlace]) -> Iterator[Choice]:
    """Yield the places with the number of rooms around each that meet the other conditions."""
    for place, name in found:
        area = area_of(place, country_name(place.country, place.country_name))
        search = around(state, place)
        own_name = place.name if name != place.name else ""
        yield Choice(name, _listed(own_name, area), search.url(), _count(search))


def _listed(*names: str) -> str:
    return ", ".join(filter(None, names))


def _count(state: State) -> int | None:
    """Count the rooms; None if the search is invalid, or too many heavy reads are in progress."""
    with suppress(InvalidRequest, RepositoryUnavailable):
        query = parse_search(state.items(), current().places.get).query
        return current().rooms.count(query.filters)
    return None
