"""Pages of the places that have rooms, of countries, and of all countries."""

from contextlib import suppress
from http import HTTPStatus
from itertools import islice
from typing import NamedTuple

from flask import Response, redirect, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from rentomatic.domain.places import Place
from rentomatic.domain.query import Query, Search
from rentomatic.domain.tokens import Action
from rentomatic.domain.words import fold
from rentomatic.errors import RepositoryUnavailable
from rentomatic.responses import Page
from rentomatic.use_cases.places_with_rooms import neighbours_of
from rentomatic.use_cases.search import search_rooms
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.found.linked_data import data_of_crumbs, data_of_place
from rentomatic_web.pages.found.paths import (
    ROOMS_IN,
    Crumb,
    country_name,
    country_path,
    crumbs_of,
    main_place,
    parse_place,
    place_path,
)
from rentomatic_web.pages.map.view import box_of, view_of
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.rooms.cards import cards_of
from rentomatic_web.pages.rooms.room import neighbours
from rentomatic_web.pages.state import PAGE_SIZE, State
from rentomatic_web.pages.texts.languages import asked_for, url_in

MAX_NEIGHBOURS = 12
MAX_LARGEST = 12


class Country(NamedTuple):
    """A country, and how many of its places have rooms."""

    name: str
    path: str
    places: int


class Prices(NamedTuple):
    """The number of rooms of a place, and their lowest and highest price."""

    rooms: int
    lowest: int
    highest: int


class Region(NamedTuple):
    """A part of a country, and its places that have rooms, by name."""

    name: str
    places: list[Place]


@bp.get(ROOMS_IN)
@policy(Action.READ)
def countries() -> Response:
    """Show the countries whose places have rooms."""
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for place, _ in current().places_with_rooms.get().places.values():
        counts[place.country] = counts.get(place.country, 0) + 1
        names[place.country] = place.country_name
    found = [
        Country(country_name(code, name), country_path(code), counts[code])
        for code, name in names.items()
    ]
    found.sort(key=lambda each: fold(each.name))
    return html(render_template("pages/countries.html", path=ROOMS_IN, countries=found))


@bp.get(f"{ROOMS_IN}/<country>")
@policy(Action.READ)
def country(country: str) -> AnyResponse:
    """Show the places of a country that have rooms, by region."""
    code = country.upper()
    found = [each.place for each in current().places_with_rooms.get().places.values()]
    places = [place for place in found if place.country == code]
    if not places:
        raise NotFound
    if country != code.lower():
        return _moved(country_path(code))
    name = country_name(code, places[0].country_name)
    crumbs = [Crumb(name, country_path(code))]
    text = render_template(
        "pages/country.html",
        name=name,
        path=country_path(code),
        crumbs=crumbs,
        linked_data=data_of_crumbs(crumbs),
        largest=places[:MAX_LARGEST],
        has_more=len(places) > MAX_LARGEST,
        regions=_regions(places),
    )
    return html(text)


@bp.get(f"{ROOMS_IN}/<country>/<segment>")
@policy(Action.READ)
def place(country: str, segment: str) -> AnyResponse:
    """Show the cheapest rooms of a place, and the places around it.

    Search engines list no page of a place without rooms, which shows the nearest ones, and of
    places with the same rooms only the page of the largest.
    """
    place_id = parse_place(segment)
    found = current().places.get(place_id) if place_id else None
    if found is None:
        raise NotFound
    if f"{ROOMS_IN}/{country}/{segment}" != place_path(found):
        return _moved(place_path(found))
    return _place_page(found)


def _moved(path: str) -> AnyResponse:
    """Redirect to a path in the language that the request asks for."""
    asked = asked_for()
    return redirect(url_in(asked, path) if asked else path, HTTPStatus.MOVED_PERMANENTLY)


def _place_page(place: Place) -> Response:
    page = search_rooms(current().rooms, Search(Query((place.circle,), PAGE_SIZE)))
    nearest = [] if page.rooms else neighbours(current().rooms, place.point)
    crumbs = crumbs_of(place)
    text = render_template(
        "pages/place.html",
        place=place,
        country=crumbs[0].name,
        listed_path=place_path(main_place(place)) if page.rooms else None,
        crumbs=crumbs,
        prices=_prices(place, page),
        cards=cards_of(page.rooms) or cards_of(nearest, place.point),
        has_rooms=bool(page.rooms),
        has_more=bool(page.next),
        search_url=State(place=str(place.id)).url(),
        neighbours=_neighbours(place),
        view=view_of(box_of(page.rooms or nearest)),
        linked_data=data_of_place(place, page.rooms, crumbs),
    )
    return html(text)


def largest_places() -> list[Place]:
    """Return the places with the most rooms, or none until they are known."""
    found = current().places_with_rooms.find()
    return [each.place for each in islice(found.places.values(), MAX_LARGEST)] if found else []


def _prices(place: Place, page: Page) -> Prices | None:
    """Return None without rooms, or if too many heavy reads are in progress."""
    if page.rooms and not page.next:
        return Prices(len(page.rooms), page.rooms[0].price, page.rooms[-1].price)
    with suppress(RepositoryUnavailable):
        facet = current().rooms.facet((place.circle,), "price")
        if facet.minimum is not None and facet.maximum is not None:
            return Prices(facet.count, facet.minimum, facet.maximum)
    return None


def _neighbours(place: Place) -> list[Place]:
    found = current().places_with_rooms.find()
    with_rooms = found.places if found else ()
    return neighbours_of(current().places, place, with_rooms, MAX_NEIGHBOURS)


def _regions(places: list[Place]) -> list[Region]:
    by_name: dict[str, list[Place]] = {}
    for place in sorted(places, key=lambda each: (fold(each.region), fold(each.name))):
        by_name.setdefault(place.region, []).append(place)
    return [Region(name, found) for name, found in by_name.items()]
