"""Feeds of searches (Atom, RFC 4287), in pages (RFC 5005)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flask import Blueprint, Response, current_app
from werkzeug.http import http_date

from rentomatic.domain.places import Place
from rentomatic.domain.room import TIMES, Room
from rentomatic.domain.tokens import Action
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.requests.search import parse_search
from rentomatic.settings.settings import Settings
from rentomatic.use_cases.search import search_rooms
from rentomatic_web.api.openapi.operations import operation
from rentomatic_web.api.openapi.parameters import FEED
from rentomatic_web.api.openapi.responses import TEXT
from rentomatic_web.api.search import page_urls
from rentomatic_web.context import current
from rentomatic_web.middleware.access import Cache, policy
from rentomatic_web.request import Request, current_request

ATOM = "application/atom+xml"
NEWEST_FIRST = "-created"
ORDERS = ", ".join(TIMES)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # of a feed without entries
# Last-Modified has whole seconds: another change may follow in the same one.
STABLE = timedelta(seconds=2)
# Relations of pages in RFC 5005 that have another name in RFC 8288.
RELATIONS = {"prev": "previous"}
# Characters that XML 1.0 does not allow (section 2.2).
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

bp = Blueprint("feeds", __name__)


class Entry(NamedTuple):
    """A room in a feed."""

    code: str
    title: str
    summary: str
    content: str
    published: str
    updated: str
    categories: tuple[str, ...]
    point: str


@bp.get("/rooms.atom")
@policy(Action.READ, Cache.LIST)
@operation(
    "Search",
    {ATOM: {"schema": TEXT}},
    FEED,
    ("Cache-Control", "ETag", "Last-Modified", "X-Total-Count"),
    (400,),
)
def feed() -> Response:
    """Subscribe to a search: a feed of its rooms, the newest first (Atom).

    `sort` may be `created` or `updated`, with or without `-`. Links in the feed lead to its pages.
    """
    request, context = current_request(), current()
    wanted = parse_search(_newest_first(request.parameters), context.places.get)
    if wanted.query.sort not in TIMES:
        message = f"must be one of {ORDERS} in a feed, with or without a leading -"
        raise InvalidRequest([Problem("sort", message)])
    page = search_rooms(context.rooms, wanted)
    context.metrics.record_search(wanted.query, len(page.rooms))
    changed = max((room.updated for room in page.rooms), default=NEVER)
    # Not render_template, which opens the session: that would add `Vary: Cookie`.
    text = current_app.jinja_env.get_template("feed.xml").render(
        title=_title(_place(request)),
        site=request.site_url,
        entries=[_entry(room, context.settings) for room in page.rooms],
        updated=_time(changed),
        links=_links(request, page_urls(request, page)),
    )
    response = Response(text, content_type=f"{ATOM}; charset=utf-8")
    if NEVER < changed < datetime.now(UTC) - STABLE:
        response.headers["Last-Modified"] = http_date(changed)
    if page.total is not None:
        response.headers["X-Total-Count"] = str(page.total)
    return response


def _newest_first(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    is_sorted = any(name == "sort" for name, _ in parameters)
    return parameters if is_sorted else [*parameters, ("sort", NEWEST_FIRST)]


def _place(request: Request) -> Place | None:
    """Return the place of a search, which has been parsed already."""
    place_id = dict(request.parameters).get("place")
    return current().places.get(int(place_id)) if place_id else None


def _title(place: Place | None) -> str:
    return f"Rooms to rent in {place.name}, {place.country_name}" if place else "Rooms to rent"


def _links(request: Request, urls: dict[str, str]) -> dict[str, str]:
    """Return the absolute URLs of this page and of others, by their relation."""
    pages = {RELATIONS.get(relation, relation): url for relation, url in urls.items()}
    here = request.full_path.removesuffix("?")
    return {name: request.site_url + url[1:] for name, url in ({"self": here} | pages).items()}


def _entry(room: Room, settings: Settings) -> Entry:
    summary = ", ".join(_facts(room, settings))
    return Entry(
        room.code,
        _clean(room.title or f"Room: {summary}"),
        _clean(summary),
        _clean(room.description or ""),
        _time(room.created),
        _time(room.updated),
        tuple(map(_clean, filter(None, (room.kind, *room.features)))),
        f"{room.latitude} {room.longitude}",
    )


def _facts(room: Room, settings: Settings) -> Iterable[str]:
    yield f"{room.price} {settings.currency} per {settings.rental_period}"
    if room.size:
        yield f"{room.size} m²"
    if locality := (room.address or {}).get("locality"):
        yield locality


def _clean(text: str) -> str:
    return _INVALID.sub("", text)


def _time(time: datetime) -> str:
    """Format a time as RFC 3339."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
