"""Search, count, group and export rooms."""

from dataclasses import asdict
from urllib.parse import quote, unquote_plus

from flask import Blueprint, Response
from werkzeug.exceptions import UnprocessableEntity

from rentomatic.domain.tokens import Action
from rentomatic.repository.clusters import side_for
from rentomatic.requests.search import parse_clusters, parse_search, parse_selection
from rentomatic.responses import Page
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.reports import facets_to_dict
from rentomatic.use_cases.search import (
    compute_clusters,
    compute_facets,
    export_rooms,
    search_rooms,
)
from rentomatic_web.api.formats import negotiate_format, rooms_response, stream_response
from rentomatic_web.api.openapi.operations import json, operation, rooms
from rentomatic_web.api.openapi.parameters import CONDITIONS, IN_A_BOX, SEARCH
from rentomatic_web.context import current
from rentomatic_web.middleware.access import Cache, policy, rooms_for_token
from rentomatic_web.request import Request, current_request

bp = Blueprint("search", __name__)

SEARCHED = tuple(FORMATS)
EXPORTED = ("csv", "ndjson")
# Characters of a query (RFC 3986, section 3.4), and the percent sign of encoded ones.
IN_QUERIES = "!$&'()*+,;=:@/?%"
AGED = ("Age", "Cache-Control", "ETag")


@bp.get("/rooms")
@bp.get("/rooms.<any(csv, geojson, json, ndjson):suffix>")
@policy(Action.READ, Cache.LIST, negotiated=True)
@operation(
    "Search",
    rooms(FORMATS),
    SEARCH,
    ("Cache-Control", "ETag", "Link", "X-Total-Count"),
    (400, 406),
)
def search(suffix: str | None = None) -> Response:
    """Search for rooms. Returns a page of them, by default as a JSON array.

    Pagination links and the total are in the `Link` and `X-Total-Count` headers.
    """
    request, context = current_request(), current()
    name = suffix or negotiate_format(SEARCHED)
    wanted = parse_search(request.parameters, context.places.get)
    page = search_rooms(context.rooms, wanted)
    context.metrics.record_search(wanted.query, len(page.rooms))
    fields = {"Link": links(request, page)}
    if page.total is not None:
        fields["X-Total-Count"] = str(page.total)
    return rooms_response(page.rooms, name, wanted.query.near, fields)


@bp.get("/rooms/facets")
@policy(Action.READ, Cache.LIST)
@operation("Search", json("Facets"), CONDITIONS, AGED, failures=(400,))
def facets() -> dict[str, object]:
    """Count the rooms that meet the conditions, and their prices and sizes in buckets."""
    filters = parse_selection(current_request().parameters, current().places.get).filters
    return facets_to_dict(compute_facets(current().rooms, filters), filters)


@bp.get("/rooms/clusters")
@policy(Action.READ, Cache.LIST)
@operation("Search", json("Clusters"), IN_A_BOX, AGED, failures=(400,))
def clusters() -> dict[str, object]:
    """Group the rooms in a box by the cells of a grid, whose size depends on the box."""
    filters, box = parse_clusters(current_request().parameters, current().places.get)
    side = side_for(box)
    found = compute_clusters(current().rooms, filters, side)
    return {"degrees": side, "clusters": [asdict(cluster) for cluster in found]}


@bp.get("/rooms/export")
@bp.get("/rooms/export.<any(csv, ndjson):suffix>")
@policy(Action.READ, negotiated=True)
@operation("Search", rooms(EXPORTED), CONDITIONS, ("Cache-Control",), (400, 406, 422))
def export(suffix: str | None = None) -> Response:
    """Export every room that meets the conditions, up to `RENTOMATIC_EXPORT_LIMIT`.

    If positions are approximate, a token that may edit rooms gets the exact ones; the conditions
    are about the approximate ones.
    """
    name = suffix or negotiate_format(EXPORTED)
    filters, near = parse_selection(current_request().parameters, current().places.get)
    limit = current().settings.export_limit
    rooms = rooms_for_token()
    if rooms.count(filters) > limit:
        raise UnprocessableEntity(
            f"There are more than {limit} rooms: `rentomatic rooms export` writes any number"
        )
    used = rooms.used_fields() if FORMATS[name].has_columns else ()
    return stream_response(export_rooms(rooms, filters), name, near, used)


def links(request: Request, page: Page) -> str:
    """Return the Link header field (RFC 8288): first, previous and next page."""
    return ", ".join(
        f'<{url}>; rel="{relation}"' for relation, url in page_urls(request, page).items()
    )


def page_urls(request: Request, page: Page) -> dict[str, str]:
    """Return the URLs of the first, previous and next page by their relation, without the site."""
    parts = quote(request.query_string, safe=IN_QUERIES).split("&")
    given = [part for part in parts if part and not _is_cursor(part)]
    cursors = {"prev": page.previous, "next": page.next}
    # Cursors need no encoding.
    queries = {"first": given} | {
        relation: [*given, f"cursor={cursor}"] for relation, cursor in cursors.items() if cursor
    }
    return {
        relation: "?".join(filter(None, (request.path, "&".join(query))))
        for relation, query in queries.items()
    }


def _is_cursor(part: str) -> bool:
    return unquote_plus(part.partition("=")[0]) == "cursor"
