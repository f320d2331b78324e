"""The search page."""

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rentomatic.domain.conditions import Box, Condition, Filters
from rentomatic.domain.globe import Point
from rentomatic.domain.query import DISTANCE
from rentomatic.domain.tokens import Action
from rentomatic.errors import InvalidRequest, RepositoryUnavailable
from rentomatic.repository.clusters import side_for
from rentomatic.requests.search import Selection, parse_search
from rentomatic.responses import Cluster, Facets, Page
from rentomatic.use_cases.search import compute_clusters, compute_facets, search_rooms
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.map import View, box_of, view_of
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.state import PAGE_SIZE, State, read_state, removal_of
from rentomatic_web.pages.wording import parameter_words

SORTS = {
    "price": "cheapest first",
    "-price": "most expensive first",
    "-size": "largest first",
    "size": "smallest first",
}
NEAREST = {DISTANCE: "nearest first"}
# Parameters that have a field in the form.
FIELDS = ("filter_price__gte", "filter_price__lte", "filter_size__gte", "filter_size__lte")


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

    Forms send empty fields: URLs with empty parameters are redirected to one without them.
    """
    state = read_state(request.args.items(multi=True))
    if any(not text.strip() for text in request.args.values()):
        return redirect(state.url(cursor=state.get("cursor")), HTTPStatus.SEE_OTHER)
    try:
        result = _search(state)
    except InvalidRequest as error:
        problems = {problem.parameter: problem.message for problem in error.problems}
        return _page(state, HTTPStatus.BAD_REQUEST, problems=problems)
    return _page(
        state,
        HTTPStatus.OK,
        result=result,
        conditions=_conditions(state, result),
        suggestions=_suggestions(state, result),
        controls=_map_controls(result.view),
    )


def _search(state: State) -> SearchResult:
    rooms = current().rooms
    parsed = parse_search([*state.items(), ("limit", str(PAGE_SIZE))])
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
    """Return the text of each condition without a form field, and the URL that removes it."""
    return [
        (_condition_text(state, condition), state.url(**removal_of(state, condition)))
        for condition in result.filters
        if condition.parameter not in FIELDS
    ]


def _suggestions(state: State, result: SearchResult) -> list[tuple[str, str, int]]:
    """If no rooms match, return the conditions whose removal helps.

    Each has its text, the URL without it, and the number of rooms found there.
    """
    if result.facets is None or result.facets.count:
        return []
    pairs = zip(result.filters, result.facets.without, strict=True)
    return [
        (_condition_text(state, condition), state.url(**removal_of(state, condition)), count)
        for condition, count in pairs
        if count
    ]


def _condition_text(state: State, condition: Condition) -> str:
    name = condition.parameter
    if name == "bbox":
        return parameter_words(name)
    text = state.get(name, "")
    return f"within {text} metres" if name == "within" else f"{parameter_words(name)} {text}"


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


def _page(state: State, status: HTTPStatus, **values: object) -> Response:
    sorts = SORTS | (NEAREST if "near_longitude" in state else {})
    text = render_template(
        "pages/search.html",
        state=state,
        sorts=sorts,
        visible=(*FIELDS, "sort", "cursor"),
        **values,
    )
    return html(text, status)
