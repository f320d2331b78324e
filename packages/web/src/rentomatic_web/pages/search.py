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
from rentomatic.requests.search import parse_search
from rentomatic.responses import Cluster, Facets, Page
from rentomatic.use_cases.search import cluster_rooms, describe_rooms, search_rooms
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.map import View, box_of, view_of
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.state import PAGE_SIZE, State, read_state, without
from rentomatic_web.pages.wording import words

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
class Found:
    """The result of a search."""

    page: Page
    facets: Facets | None  # None if there are too many heavy reads
    filters: Filters
    near: Point | None
    view: View
    clusters: list[Cluster]


@bp.get("/")
@policy(Action.READ)
def search() -> AnyResponse:
    """Show the rooms in a list and on a map.

    A URL with empty parameters, as forms make it, is redirected to one without them.
    """
    state = read_state(request.args.items(multi=True))
    if any(not text.strip() for text in request.args.values()):
        return redirect(state.url(cursor=state.get("cursor")), HTTPStatus.SEE_OTHER)
    try:
        found = _find(state)
    except InvalidRequest as error:
        problems = {problem.parameter: problem.message for problem in error.problems}
        return _page(state, HTTPStatus.BAD_REQUEST, problems=problems)
    return _page(
        state,
        HTTPStatus.OK,
        found=found,
        conditions=_conditions(state, found),
        relaxed=_relaxed(state, found),
        moves=_moves(found.view),
    )


def _find(state: State) -> Found:
    rooms = current().rooms
    wanted = parse_search([*state.items(), ("limit", str(PAGE_SIZE))])
    filters, near = wanted.query.filters, wanted.query.near
    box = next((each for each in filters if isinstance(each, Box)), None)
    page = search_rooms(rooms, wanted)
    view = view_of(box or box_of(page.rooms))
    facets, clusters = None, []
    with suppress(RepositoryUnavailable):
        facets = describe_rooms(rooms, filters)
        clusters = _clusters(filters, box) if box and facets.count > len(page.rooms) else []
    return Found(page, facets, filters, near, view, clusters)


def _clusters(filters: Filters, box: Box) -> list[Cluster]:
    return cluster_rooms(current().rooms, filters, side_for(box) * 2)


def _conditions(state: State, found: Found) -> list[tuple[str, str]]:
    """Return the conditions that have no field in the form, each with the URL without it."""
    return [
        (_described(state, condition), state.url(**without(state, condition)))
        for condition in found.filters
        if condition.parameter not in FIELDS
    ]


def _relaxed(state: State, found: Found) -> list[tuple[str, str, int]]:
    """Return the conditions without which an empty search finds rooms.

    Each has the URL without it and the number of rooms.
    """
    if found.facets is None or found.facets.count:
        return []
    pairs = zip(found.filters, found.facets.without, strict=True)
    return [
        (_described(state, condition), state.url(**without(state, condition)), count)
        for condition, count in pairs
        if count
    ]


def _described(state: State, condition: Condition) -> str:
    """Return a condition in words."""
    name = condition.parameter
    if name == "bbox":
        return words(name)
    text = state.get(name, "")
    return f"within {text} metres" if name == "within" else f"{words(name)} {text}"


def _moves(view: View) -> list[tuple[str, str, View]]:
    """Return the buttons of the map: label, sign, and view."""
    return [
        ("West", "←", view.moved(-0.5, 0)),
        ("North", "↑", view.moved(0, 0.5)),
        ("South", "↓", view.moved(0, -0.5)),
        ("East", "→", view.moved(0.5, 0)),
        ("Zoom in", "+", view.zoomed(0.5)),
        ("Zoom out", "−", view.zoomed(2)),
    ]


def _page(state: State, status: HTTPStatus, **found: object) -> Response:
    sorts = SORTS | (NEAREST if "near_longitude" in state else {})
    text = render_template(
        "pages/search.html", state=state, sorts=sorts, shown=(*FIELDS, "sort", "cursor"), **found
    )
    return html(text, status)
