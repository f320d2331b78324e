"""Sitemaps (https://www.sitemaps.org/protocol.html): every room, and the pages of places.

The codes of all rooms are cut into pieces. The cuts are kept for some time, so that a sitemap
keeps its rooms while others are added: see `storage/overviews.py`.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import chain, islice
from math import ceil

from flask import Response
from markupsafe import escape
from werkzeug.exceptions import NotFound

from rentomatic.responses import LastChange
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.found.paths import ROOMS_IN, country_path, place_path
from rentomatic_web.pages.rendering import bp, site_url

MAX_URLS = 50_000
LINES_PER_CHUNK = 500
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Crawlers come back after hours.
FIELDS = {"Cache-Control": "public, max-age=3600"}


@bp.get("/sitemap.xml")
@policy(None)
def sitemap_index() -> Response:
    """List the sitemaps."""
    site = _public_site()
    rooms, places = len(current().sitemap_cuts.get()) + 1, ceil(len(_paths()) / MAX_URLS)
    names = [f"places-{number + 1}" for number in range(places)]
    names += [str(number + 1) for number in range(rooms)]
    locations = (f"<sitemap><loc>{site}sitemaps/{name}.xml</loc></sitemap>\n" for name in names)
    return _xml("".join(_document("sitemapindex", locations)))


@bp.get("/sitemaps/places-<int:number>.xml")
@policy(None)
def sitemap_of_places(number: int) -> Response:
    """List the search page, and the pages of countries and places that have rooms."""
    site = _public_site()
    paths = _paths()[max(number - 1, 0) * MAX_URLS : number * MAX_URLS]
    if not paths:
        raise NotFound
    locations = (f"<url><loc>{site}{path[1:]}</loc></url>\n" for path in paths)
    return _xml("".join(_document("urlset", locations)))


@bp.get("/sitemaps/<int:number>.xml")
@policy(None)
def sitemap_of_rooms(number: int) -> Response:
    """List the rooms of one piece, counted from 1, with the times of their last changes."""
    site = _public_site()
    bounds = [None, *current().sitemap_cuts.get(), None]
    if not 1 <= number < len(bounds):
        raise NotFound
    changes = current().rooms.last_changes(bounds[number - 1], bounds[number])
    # The first room is read now, so that an error becomes a response.
    first = list(islice(changes, 1))
    rooms = islice(chain(first, changes), MAX_URLS)
    return _xml(_document("urlset", _rooms(site, rooms)))


def _public_site() -> str:
    """Return the URL of the site, or raise NotFound if reading needs a token."""
    if current().settings.reading != "public":
        raise NotFound
    return str(escape(site_url()))


def _paths() -> list[str]:
    found = current().places_with_rooms.get().places.values()
    countries = dict.fromkeys(country_path(each.place.country) for each in found)
    return ["/", ROOMS_IN, *countries, *(place_path(each.place) for each in found)]


def _rooms(site: str, changes: Iterable[LastChange]) -> Iterator[str]:
    for code, updated in changes:
        time = updated.astimezone(UTC)
        yield (
            f"<url><loc>{site}rooms/{code}</loc>"
            f"<lastmod>{time:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>\n"
        )


def _document(element: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield an XML document in chunks."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{element} xmlns="{NAMESPACE}">\n'
    lines = iter(lines)
    while chunk := "".join(islice(lines, LINES_PER_CHUNK)):
        yield chunk
    yield f"</{element}>\n"


def _xml(text: str | Iterator[str]) -> Response:
    return Response(text, headers=FIELDS, content_type="application/xml; charset=utf-8")
