"""The conditions of a search for people: their texts, and links that remove them."""

from typing import NamedTuple

from rentomatic.domain.conditions import Condition, Filters, Within
from rentomatic.domain.places import Place
from rentomatic.responses import Facets
from rentomatic_web.pages.state import State, removal_of
from rentomatic_web.pages.texts.labels import condition_words
from rentomatic_web.pages.texts.numbers import radius
from rentomatic_web.pages.texts.translations import gettext


class Removable(NamedTuple):
    """A condition: its text, the URL without it, and the number of rooms there, if known."""

    text: str
    url: str
    is_place: bool
    rooms: int | None = None


def removable(state: State, filters: Filters, place: Place | None) -> list[Removable]:
    return [
        Removable(
            _text(state, each, place),
            state.url(**removal_of(state, each)),
            place is not None and isinstance(each, Within),
        )
        for each in filters
    ]


def suggestions(conditions: list[Removable], facets: Facets | None) -> list[Removable]:
    """If no rooms match, return the conditions whose removal helps."""
    counts = facets.without if facets else ()
    pairs = zip(conditions, counts, strict=False)  # facets with rooms have no counts
    return [condition._replace(rooms=count) for condition, count in pairs if count]


def _text(state: State, condition: Condition, place: Place | None) -> str:
    if place and isinstance(condition, Within):
        values = {"radius": radius(condition.metres), "place": place.name}
        return gettext("within %(radius)s of %(place)s", **values)
    return condition_words(condition.parameter, state.get(condition.parameter, ""))
