"""The search page."""

from http import HTTPStatus

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rentomatic.domain.query import DISTANCE, RELEVANCE
from rentomatic.domain.tokens import Action
from rentomatic.domain.words import WEIGHTS
from rentomatic.errors import InvalidRequest
from rentomatic.requests.search import NEAR
from rentomatic.serializers.rooms import used_fields
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.found.paths import listed_path
from rentomatic_web.pages.map.view import View
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.rooms.cards import cards_of
from rentomatic_web.pages.search.conditions import removable, suggestions
from rentomatic_web.pages.search.controls import (
    CAPACITY,
    NUMBER_FIELDS,
    WORD_FIELDS,
    word_controls,
)
from rentomatic_web.pages.search.results import SearchResult, find_results
from rentomatic_web.pages.search.where import (
    WHERE,
    around,
    choices_of,
    find_named,
    label_of,
    place_field,
    place_of,
)
from rentomatic_web.pages.state import State, is_canonical, read_state, removal_of_place
from rentomatic_web.pages.texts.messages import problems_of
from rentomatic_web.pages.texts.translations import gettext, lazy_gettext

SORTS = {
    "price": lazy_gettext("cheapest first"),
    "-price": lazy_gettext("most expensive first"),
    "-size": lazy_gettext("largest first"),
    "size": lazy_gettext("smallest first"),
    "-created": lazy_gettext("newest first"),
}
NEAREST = {DISTANCE: lazy_gettext("nearest first")}
MOST_RELEVANT = {RELEVANCE: lazy_gettext("most relevant first")}
FILTER_FIELDS = frozenset((*NUMBER_FIELDS, *WORD_FIELDS, "q"))
VISIBLE = FILTER_FIELDS | {"sort", "cursor", "place"}  # not as hidden fields


@bp.get("/")
@policy(Action.READ)
def search() -> AnyResponse:
    """Show the rooms in a list and on a map.

    Forms send empty fields and repeated ones: such URLs are redirected to one without them.
    """
    pairs = list(request.args.items(multi=True))
    state = read_state(pairs)
    if WHERE in request.args:
        return _look_up(state, request.args[WHERE].strip())
    if not is_canonical(pairs):
        return _see(state.url(cursor=state.get("cursor")))
    try:
        result = find_results(state)
    except InvalidRequest as error:
        return _problem_page(state, error)
    conditions = removable(state, result.filters, result.place)
    return _page(
        state,
        result,
        listed_path=listed_path(state) if result.page.rooms or not state else None,
        feed_url=f"/rooms.atom{state.url(sort=None)[1:]}",
        conditions=sorted(conditions, key=lambda each: not each.is_place),
        suggestions=suggestions(conditions, result.facets),
        cards=cards_of(result.rooms, result.near),
        map_controls=_map_controls(result.view),
        without_place=removal_of_place(state),
    )


def _look_up(state: State, text: str) -> AnyResponse:
    """Redirect to the place that the text of the form names, or let the visitor choose one."""
    place = place_of(state)
    if not text:
        return _see(state.url(**removal_of_place(state)))
    if place and text == label_of(place):
        return _see(state.url())
    try:
        found = find_named(text)
    except InvalidRequest as error:
        return _problem_page(state, error, text)
    if len(found) == 1:
        return _see(around(state, found[0].place).url())
    choices = list(choices_of(state, found))
    return _page(state, template="choice", choices=choices, field=place_field(state, text))


def _see(url: str) -> AnyResponse:
    return redirect(url, HTTPStatus.SEE_OTHER)


def _map_controls(view: View) -> list[tuple[str, str, View]]:
    """Return the links that move the map: label, symbol, and new view."""
    return [
        (gettext("West"), "←", view.moved(-0.5, 0)),
        (gettext("North"), "↑", view.moved(0, 0.5)),
        (gettext("South"), "↓", view.moved(0, -0.5)),
        (gettext("East"), "→", view.moved(0.5, 0)),
        (gettext("Zoom in"), "+", view.zoomed(0.5)),
        (gettext("Zoom out"), "−", view.zoomed(2)),
    ]


def _problem_page(state: State, error: InvalidRequest, typed: str | None = None) -> Response:
    page = _page(state, problems=problems_of(error), field=place_field(state, typed))
    page.status_code = HTTPStatus.BAD_REQUEST
    return page


def _page(
    state: State, result: SearchResult | None = None, template: str = "search", **values: object
) -> Response:
    facets, rooms = (result.facets, result.page.rooms) if result else (None, [])
    used = facets.used if facets else used_fields(rooms)
    text = render_template(
        f"pages/{template}.html",
        state=state,
        result=result,
        sorts=_sorts(state),
        has_words="q" in state or not WEIGHTS.keys().isdisjoint(used),
        has_capacity=CAPACITY in state or "capacity" in used,
        word_controls=word_controls(state, facets),
        has_details=not state.keys().isdisjoint((CAPACITY, *WORD_FIELDS)),
        filter_count=len(state.keys() & FILTER_FIELDS),
        is_shared=current().settings.reading == "public",
        visible=VISIBLE | ({"within"} if "place" in state else set()),
        **{"field": place_field(state)} | values,
    )
    return html(text)


def _sorts(state: State) -> dict[str, str]:
    """Return the orders that the search can have."""
    sorts = SORTS | (MOST_RELEVANT if "q" in state else {})
    return sorts | ({} if state.keys().isdisjoint(("place", *NEAR)) else NEAREST)
