"""Rooms over HTTP."""

from dataclasses import asdict

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import UnprocessableEntity

from rentomatic.domain.room import Value
from rentomatic.repository.clusters import side_for
from rentomatic.requests.search import parse_clusters, parse_search, parse_selection
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.reports import facets_to_dict
from rentomatic.serializers.rooms import room_to_dict
from rentomatic.use_cases.search import (
    cluster_rooms,
    describe_rooms,
    export_rooms,
    read_room,
    search_rooms,
)
from rentomatic_web.api.formats import chosen, streamed, written
from rentomatic_web.api.links import links
from rentomatic_web.metrics.metrics import current_metrics
from rentomatic_web.pages.rendering import wants_page
from rentomatic_web.pages.room import show
from rentomatic_web.repository import current_rooms

bp = Blueprint("api", __name__)

EXPORTED = ("csv", "ndjson")


@bp.get("/rooms")
@bp.get("/rooms.<any(csv, geojson, json, ndjson):suffix>")
def search(suffix: str | None = None) -> Response:
    """Answer with a page of the rooms that meet every filter: by default, as a bare array.

    What is to be said about the page stands in header fields.
    """
    name = suffix or chosen(FORMATS)
    wanted = parse_search(request.args.items(multi=True))
    page = search_rooms(current_rooms(), wanted)
    current_metrics().searched(wanted.query, len(page.rooms))
    response = written(page.rooms, name, wanted.query.near)
    response.headers["Link"] = links(page)
    if page.total is not None:
        response.headers["X-Total-Count"] = str(page.total)
    return response


@bp.get("/rooms/facets")
def facets() -> dict[str, object]:
    """Answer with how the rooms that meet the filters spread, and what each filter costs."""
    filters = parse_selection(request.args.items(multi=True)).filters
    return facets_to_dict(describe_rooms(current_rooms(), filters), filters)


@bp.get("/rooms/clusters")
def clusters() -> dict[str, object]:
    """Answer with the rooms in a box by the cells of a grid that suits it."""
    filters, box = parse_clusters(request.args.items(multi=True))
    side = side_for(box)
    found = cluster_rooms(current_rooms(), filters, side)
    return {"degrees": side, "clusters": [asdict(cluster) for cluster in found]}


@bp.get("/rooms/export")
@bp.get("/rooms/export.<any(csv, ndjson):suffix>")
def export(suffix: str | None = None) -> Response:
    """Answer with every room that meets the filters, up to the limit of the settings."""
    name = suffix or chosen(EXPORTED)
    filters, near = parse_selection(request.args.items(multi=True))
    limit = current_app.config["EXPORT_LIMIT"]
    if current_rooms().count(filters) > limit:
        raise UnprocessableEntity(
            f"There are more than {limit} rooms: `rentomatic rooms export` writes any number"
        )
    return streamed(export_rooms(current_rooms(), filters), name, near)


@bp.get("/rooms/<code:code>")
def read(code: str) -> dict[str, Value] | Response:
    """Answer with one room, or with its page to who would rather have that."""
    room = read_room(current_rooms(), code)
    return show(room) if wants_page() else room_to_dict(room)
