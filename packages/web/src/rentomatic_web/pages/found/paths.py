"""The paths of the pages of places, and the URLs of a page for search engines."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from rentomatic.domain.places import Place
from rentomatic.domain.words import fold
from rentomatic_web.context import current
from rentomatic_web.pages.rendering import site_url
from rentomatic_web.pages.texts import languages

ROOMS_IN = "/rooms-in"
_NO_LETTERS = re.compile("[^a-z0-9]+")
_ID = re.compile("(?:.*-)?([1-9][0-9]{0,9})")


class Crumb(NamedTuple):
    """A page above another one, or the page itself."""

    name: str
    path: str


def country_path(country: str) -> str:
    return f"{ROOMS_IN}/{country.lower()}"


# A page links to a dozen places, most of them to the same ones.
@lru_cache(maxsize=4096)
def place_path(place: Place) -> str:
    """Return a path such as `/rooms-in/pl/krakow-3094802`."""
    slug = _NO_LETTERS.sub("-", fold(place.name)).strip("-")
    return f"{country_path(place.country)}/{slug}-{place.id}".replace("/-", "/")


def listed_path(state: Mapping[str, str]) -> str | None:
    """Return the path of the page that search engines list for a valid search, or None."""
    if not state:
        return "/"
    place = current().places.get(int(state["place"])) if state.keys() == {"place"} else None
    return place_path(main_place(place)) if place else None


def main_place(place: Place) -> Place:
    """Return the place whose page is listed for this one: a larger one with the same rooms."""
    found = current().places_with_rooms.find()
    return (found.main(place.id) if found else None) or place


def parse_place(segment: str) -> int | None:
    """Return the id at the end of the last segment of a path, or None."""
    found = _ID.fullmatch(segment)
    return int(found[1]) if found else None


def country_name(country: str, name: str) -> str:
    """Return the name of a country in the language of the page, or else the given one."""
    return _territories(languages.language()).get(country, name)


# Babel merges its data of the language at each access.
@cache
def _territories(tag: str) -> dict[str, str]:
    return dict(languages.LOCALES[tag].territories)


def crumbs_of(place: Place) -> list[Crumb]:
    """Return the pages of the country and of the place."""
    country = country_name(place.country, place.country_name)
    return [Crumb(country, country_path(place.country)), Crumb(place.name, place_path(place))]


def canonical_url(path: str) -> str:
    """Return the URL of a page under which search engines list it.

    If the request asks for a language, it is the page's URL in that language.
    """
    url = f"{site_url()}{path.removeprefix('/')}"
    asked = languages.asked_for()
    return languages.url_in(asked, url) if asked else url


def alternate_urls(path: str) -> dict[str, str]:
    """Return the URL of a page in each language, and the one that chooses it: `x-default`."""
    url = f"{site_url()}{path.removeprefix('/')}"
    if len(languages.NAMES) == 1:
        return {}
    return {tag: languages.url_in(tag, url) for tag in languages.NAMES} | {"x-default": url}
