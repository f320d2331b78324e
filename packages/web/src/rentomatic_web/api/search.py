"""Search, count, group and export rooms."""

from dataclasses import asdict
from urllib.parse import urlencode

from flask import Blueprint, Response, request
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
from rentomatic_web.middleware.access import Cache, policy

bp = Blueprint("search", __name__)

EXPORTED = ("csv", "ndjson")
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
    name = suffix or negotiate_format(FORMATS)
    wanted = parse_search(request.args.items(multi=True))
    page = search_rooms(current().rooms, wanted)
    current().metrics.record_search(wanted.query, len(page.rooms))
    response = rooms_response(page.rooms, name, wanted.query.near)
    response.headers["Link"] = links(page)
    if page.total is not None:
        response.headers["X-Total-Count"] = str(page.total)
    return response


@bp.get("/rooms/facets")
@policy(Action.READ, Cache.LIST)
@operation("Search", json("Facets"), CONDITIONS, AGED, failures=(400,))
def facets() -> dict[str, object]:
    """Count the rooms that meet the conditions, and their prices and sizes in buckets."""
    filters = parse_selection(request.args.items(multi=True)).filters
    return facets_to_dict(compute_facets(current().rooms, filters), filters)


@bp.get("/rooms/clusters")
@policy(Action.READ, Cache.LIST)
@operation("Search", json("Clusters"), IN_A_BOX, AGED, failures=(400,))
def clusters() -> dict[str, object]:
    """Group the rooms in a box by the cells of a grid, whose size depends on the box."""
    filters, box = parse_clusters(request.args.items(multi=True))
    side = side_for(box)
    found = compute_clusters(current().rooms, filters, side)
    return {"degrees": side, "clusters": [asdict(cluster) for cluster in found]}


@bp.get("/rooms/export")
@bp.get("/rooms/export.<any(csv, ndjson):suffix>")
@policy(Action.READ, negotiated=True)
@operation("Search", rooms(EXPORTED), CONDITIONS, ("Cache-Control",), (400, 406, 422))
def export(suffix: str | None = None) -> Response:
    """Export every room that meets the conditions, up to `RENTOMATIC_EXPORT_LIMIT`."""
    name = suffix or negotiate_format(EXPORTED)
    filters, near = parse_selection(request.args.items(multi=True))
    limit = current().settings.export_limit
    if current().rooms.count(filters) > limit:
        raise UnprocessableEntity(
            f"There are more than {limit} rooms: `rentomatic rooms export` writes any number"
        )
    return stream_response(export_rooms(current().rooms, filters), name, near)


def links(page: Page) -> str:
    """Return the Link header field (RFC 8288): first, previous and next page."""
    given = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != "cursor"])
    cursors = {"prev": page.previous, "next": page.next}
    # Cursors need no encoding.
    queries = {"first": [given]} | {
        relation: [given, f"cursor={cursor}"] for relation, cursor in cursors.items() if cursor
    }
    return ", ".join(
        f'<{_path("&".join(filter(None, query)))}>; rel="{relation}"'
        for relation, query in queries.items()
    )


def _path(query: str) -> str:
    return f"{request.path}?{query}" if query else request.path
