"""Create the WSGI application."""

import logging
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response
from flask.json.provider import JSONProvider

from rentomatic.repository.gazetteer import open_gazetteer
from rentomatic.repository.positions import PositionedRooms
from rentomatic.repository.protocols import Storage
from rentomatic.settings.settings import Settings
from rentomatic_web import pages
from rentomatic_web.api import docs, feeds, health, imports, photos, places, rooms, search
from rentomatic_web.api.codes import CodeConverter
from rentomatic_web.context import Context
from rentomatic_web.locks import Locks
from rentomatic_web.metrics.metrics import Metrics
from rentomatic_web.middleware import (
    access,
    cors,
    errors,
    finishing,
    logs,
    security_headers,
    server_timing,
    session,
)
from rentomatic_web.middleware.folders import private_folder
from rentomatic_web.pages.rendering import error_page
from rentomatic_web.pages.rooms.room import room_page
from rentomatic_web.request import Request
from rentomatic_web.storage.heavy import HeavyRooms
from rentomatic_web.storage.overviews import keep_places_with_rooms, keep_sitemap_cuts
from rentomatic_web.storage.results import Results
from rentomatic_web.storage.slots import Record, Slots
from rentomatic_web.storage.timing import TimedRooms, TimedTokens

MAX_BODY_BYTES = 1024 * 1024

log = logging.getLogger(__name__)


class JSONResponse(Response):
    default_mimetype = "application/json"


class OrjsonProvider(JSONProvider):
    """Serializes with orjson, which is faster than json and rejects NaN (RFC 8259)."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return JSONResponse(orjson.dumps(self._prepare_response_obj(args, kwargs)))


def create_app(storage: Storage, settings: Settings, shared: Path | None = None) -> Flask:
    """Return the WSGI application that serves the storage.

    Processes with the same folder `shared` share the limit and the results of heavy reads.
    """
    if settings.owner_serves:
        log.warning(
            "The application connects as the table owner; set APPLICATION_USER to a less"
            " privileged role"
        )
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.secret_key = settings.secret_key or None
    app.config["TESTING"] = settings.environment == "testing"
    # When testing, Flask raises exceptions to the server, which sends them as HTML.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.json = OrjsonProvider(app)
    app.request_class = Request
    app.response_class = JSONResponse
    app.url_map.converters["code"] = CodeConverter
    # Flask redirects doubled slashes, with a body in HTML.
    app.url_map.merge_slashes = False
    app.extensions["rentomatic"] = _context(storage, settings, shared)
    for module in (search, feeds, places, rooms, photos, imports, health, docs):
        app.register_blueprint(module.bp)
    pages.init_app(app, settings)
    # Flask runs the last after_request function first, so that the log has the final status.
    logs.init_app(app)
    session.init_app(app)
    errors.init_app(app)
    access.init_app(app)
    if settings.server_timing:
        server_timing.init_app(app)
    if settings.cors_origins:
        cors.init_app(app, settings.cors_origins)
    finishing.init_app(app, settings)
    security_headers.init_app(app, settings)
    return app


def _context(storage: Storage, settings: Settings, shared: Path | None) -> Context:
    metrics = Metrics(storage.rooms)
    rooms, places = TimedRooms(storage.rooms, metrics.record_operation), open_gazetteer()
    slots = _slots(
        shared and shared / "heavy-reads",
        settings,
        metrics.record_heavy_read,
        "Too many counts, facets, clusters and exports right now",
    )
    results = Results(shared and shared / "results", settings.repository)
    overviews = Results(shared and shared / "overviews", settings.repository)
    heavy = HeavyRooms(rooms, slots, results)
    return Context(
        settings=settings,
        rooms=PositionedRooms(heavy, settings.grid, for_editors=False),
        exact_rooms=PositionedRooms(heavy, settings.grid, for_editors=True),
        tokens=TimedTokens(storage.tokens, metrics.record_operation),
        places=places,
        places_with_rooms=keep_places_with_rooms(places, rooms, overviews, slots),
        sitemap_cuts=keep_sitemap_cuts(rooms, overviews, slots),
        metrics=metrics,
        uploads=private_folder("imports", settings.secret_key),
        sign_outs=private_folder("sign-outs", settings.secret_key),
        photo_slots=_slots(
            shared and shared / "photos",
            settings,
            metrics.record_photo,
            "Too many uploads of photos right now",
        ),
        room_page=room_page,
        error_page=error_page,
    )


def _slots(file: Path | None, settings: Settings, record: Record, refusal: str) -> Slots:
    try:
        locks = Locks(file)
    except OSError:
        locks = Locks()
    # Half of the processes, at least one, stay free for other requests.
    return Slots(max(1, settings.workers // 2), locks, record, refusal)
