"""The search page."""

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rentomatic.domain.conditions import Box, Filters
from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE, RELEVANCE
from rentomatic.domain.tokens import Action
from rentomatic.domain.words import WEIGHTS
from rentomatic.errors import InvalidRequest, RepositoryUnavailable
from rentomatic.repository.clusters import side_for
from rentomatic.requests.search import Selection, parse_search
from rentomatic.responses import Cluster, Facets, Page
from rentomatic.serializers.rooms import used_fields
from rentomatic.use_cases.search import compute_clusters, compute_facets, search_rooms
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.cards import cards_of
from rentomatic_web.pages.controls import CAPACITY, NUMBER_FIELDS, WORD_FIELDS, word_controls
from rentomatic_web.pages.labels import condition_words
from rentomatic_web.pages.map import View, box_of, view_of
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.state import PAGE_SIZE, State, is_canonical, read_state, removal_of

SORTS = {
    "price": "cheapest first",
    "-price": "most expensive first",
    "-size": "largest first",
    "size": "smallest first",
    "-created": "newest first",
}
NEAREST = {DISTANCE: "nearest first"}
MOST_RELEVANT = {RELEVANCE: "most relevant first"}


@dataclass(frozen=True)
class SearchResult:
    page: Page
    facets: Facets | None  # None if too many heavy reads are in progress
    filters: Filters
    near: Point | None
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


@bp.get("/")
@policy(Action.READ)
def search() -> AnyResponse:
    """Show the rooms in a list and on a map.

    Forms send empty fields and repeated ones: such URLs are redirected to one without them.
    """
    pairs = list(request.args.items(multi=True))
    state = read_state(pairs)
    if not is_canonical(pairs):
        return redirect(state.url(cursor=state.get("cursor")), HTTPStatus.SEE_OTHER)
    try:
        result = _search(state)
    except InvalidRequest as error:
        problems = {problem.parameter: problem.message for problem in error.problems}
        return _page(state, HTTPStatus.BAD_REQUEST, problems=problems)
    return _page(
        state,
        HTTPStatus.OK,
        result,
        conditions=_conditions(state, result),
        suggestions=_suggestions(state, result),
        map_controls=_map_controls(result.view),
    )


def _search(state: State) -> SearchResult:
    rooms = current().rooms
    parsed = parse_search([*state.items(), ("limit", str(PAGE_SIZE))], current().places.get)
    filters, near = parsed.query.filters, parsed.query.near
    box = Selection(filters, near).box
    page = search_rooms(rooms, parsed)
    view = view_of(box or box_of(page.rooms))
    facets, clusters = None, []
    with suppress(RepositoryUnavailable):
        facets = compute_facets(rooms, filters)
        clusters = _clusters(filters, box) if box and facets.count > len(page.rooms) else []
    return SearchResult(page, facets, filters, near, view, clusters)


def _clusters(filters: Filters, box: Box) -> list[Cluster]:
    return compute_clusters(current().rooms, filters, side_for(box) * 2)


def _conditions(state: State, result: SearchResult) -> list[tuple[str, str]]:
    """Return the text of each condition without a number field, and the URL that removes it."""
    return [
        (condition_words(name, state.get(name, "")), state.url(**removal_of(state, condition)))
        for condition in result.filters
        if (name := condition.parameter) not in NUMBER_FIELDS
    ]


def _suggestions(state: State, result: SearchResult) -> list[tuple[str, str, int]]:
    """If no rooms match, return the conditions whose removal helps.

    Each has its text, the URL without it, and the number of rooms found there.
    """
    if result.facets is None or result.facets.count:
        return []
    pairs = zip(result.filters, result.facets.without, strict=True)
    return [
        (
            condition_words(name, state.get(name, "")),
            state.url(**removal_of(state, condition)),
            count,
        )
        for condition, count in pairs
        if count and (name := condition.parameter)
    ]


def _map_controls(view: View) -> list[tuple[str, str, View]]:
    """Return the links that move the map: label, symbol, and new view."""
    return [
        ("West", "←", view.moved(-0.5, 0)),
        ("North", "↑", view.moved(0, 0.5)),
        ("South", "↓", view.moved(0, -0.5)),
        ("East", "→", view.moved(0.5, 0)),
        ("Zoom in", "+", view.zoomed(0.5)),
        ("Zoom out", "−", view.zoomed(2)),
    ]


def _page(
    state: State, status: HTTPStatus, result: SearchResult | None = None, **values: object
) -> Response:
    facets, rooms = (result.facets, result.page.rooms) if result else (None, [])
    used = facets.used if facets else used_fields(rooms)
    sorts = SORTS | (MOST_RELEVANT if "q" in state else {})
    sorts |= NEAREST if "near_longitude" in state else {}
    text = render_template(
        "pages/search.html",
        state=state,
        sorts=sorts,
        result=result,
        cards=cards_of(rooms, result.near if result else None),
        has_words="q" in state or not WEIGHTS.keys().isdisjoint(used),
        has_capacity=CAPACITY in state or "capacity" in used,
        word_controls=word_controls(state, facets),
        has_details=not state.keys().isdisjoint((CAPACITY, *WORD_FIELDS)),
        visible=(*NUMBER_FIELDS, *WORD_FIELDS, "q", "sort", "cursor"),
        **values,
    )
    return html(text, status)
