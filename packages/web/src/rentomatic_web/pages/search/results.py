"""The rooms of a search, with the facets and the part of the map that the page shows."""

from contextlib import suppress
from dataclasses import dataclass

from rentomatic.domain.conditions import Box, Filters, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.places import Place
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.clusters import side_for
from rentomatic.requests.search import parse_search
from rentomatic.responses import Cluster, Facets, Page
from rentomatic.use_cases.search import compute_clusters, compute_facets, search_rooms
from rentomatic_web.context import current
from rentomatic_web.pages.map.view import View, box_of, view_of
from rentomatic_web.pages.search.nearby import Nearby, rooms_nearby
from rentomatic_web.pages.search.where import place_of
from rentomatic_web.pages.state import BY_DISTANCE, PAGE_SIZE, State


@dataclass(frozen=True)
class SearchResult:
    """A page of rooms; `nearby` is set if there are none around a place."""

    page: Page
    facets: Facets | None  # None if too many heavy reads are in progress
    filters: Filters
    near: Point | None  # if cards show the distance from it
    place: Place | None
    nearby: Nearby | None
    view: View
    clusters: list[Cluster]

    @property
    def count(self) -> int | None:
        """The number of rooms on all pages, or None if it is unknown.

        Facets may be some seconds old, so a single page is counted itself.
        """
        if self.page.next is None and self.page.previous is None:
            return len(self.page.rooms)
        return self.facets.count if self.facets else None

    @property
    def rooms(self) -> list[Room]:
        """The rooms on the map."""
        return self.nearby.rooms if self.nearby else self.page.rooms


def find_results(state: State) -> SearchResult:
    """Search for rooms, or raise InvalidRequest."""
    context = current()
    search = parse_search([*state.items(), ("limit", str(PAGE_SIZE))], context.places.get)
    filters, near, place = search.query.filters, search.query.near, place_of(state)
    page = search_rooms(context.rooms, search)
    area = _area(filters, place)
    facets, clusters, nearby = None, [], None
    with suppress(RepositoryUnavailable):
        facets = compute_facets(context.rooms, filters)
        clusters = _clusters(filters, area) if area and facets.count > len(page.rooms) else []
    if place and not page.rooms and "cursor" not in state:
        nearby = rooms_nearby(state, filters, facets, place)
    rooms = nearby.rooms if nearby else page.rooms
    return SearchResult(
        page=page,
        facets=facets,
        filters=filters,
        near=near if nearby or _shows_distance(state) else None,
        place=place,
        nearby=nearby,
        view=view_of(area if area and not nearby else box_of(rooms)),
        clusters=clusters,
    )


def _area(filters: Filters, place: Place | None) -> Box | None:
    """Return the part of the world that the search is for: its box, or the place."""
    boxes = [each for each in filters if isinstance(each, Box)]
    circles = [each.box for each in filters if isinstance(each, Within)] if place else []
    return next(iter([*boxes, *circles]), None)


def _clusters(filters: Filters, box: Box) -> list[Cluster]:
    return compute_clusters(current().rooms, filters, side_for(box) * 2)


def _shows_distance(state: State) -> bool:
    """Return whether cards show the distance: around a place, it matters only if asked for."""
    return "place" not in state or "within" in state or state.get("sort") in BY_DISTANCE
