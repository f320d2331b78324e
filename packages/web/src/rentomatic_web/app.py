"""The application, put together."""

import logging
from typing import Any

import orjson
from flask import Flask, Response
from flask.json.provider import JSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from rentomatic.repository.protocols import Storage
from rentomatic.settings.settings import Settings
from rentomatic_web import pages
from rentomatic_web.api import docs, health, imports, rooms, search
from rentomatic_web.api.codes import CodeConverter
from rentomatic_web.api.formats import Request
from rentomatic_web.metrics.metrics import Metrics
from rentomatic_web.middleware import (
    access,
    caching,
    cors,
    errors,
    request_log,
    security_headers,
)
from rentomatic_web.middleware.heavy import LimitedRooms, Slots
from rentomatic_web.middleware.timing import TimedRooms, TimedTokens, init_server_timing

MAX_BODY_BYTES = 1024 * 1024

log = logging.getLogger(__name__)


class JSONResponse(Response):
    """An answer is JSON unless a view says otherwise."""

    default_mimetype = "application/json"


class OrjsonProvider(JSONProvider):
    """Makes answers of what views return; refuses NaN and whatever else is no JSON (RFC 8259)."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return JSONResponse(orjson.dumps(self._prepare_response_obj(args, kwargs)))


def create_app(storage: Storage, settings: Settings, slots_file: int | None = None) -> Flask:
    """Return the WSGI application that serves the storage.

    Processes that inherit the file descriptor `slots_file` share the limit of heavy reads.
    """
    if settings.owner_serves:
        log.warning("Whoever owns the tables serves them: APPLICATION_USER names no other role")
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["EXPORT_LIMIT"] = settings.export_limit
    app.config["IMPORT_LIMIT"] = settings.import_limit
    app.config["IMPORT_PATIENCE"] = settings.import_patience
    app.config["MICRO_CACHE"] = settings.keeps_lists
    app.config["DRAIN_FILE"] = settings.drain_file
    app.config["READING"] = settings.reading
    app.secret_key = settings.secret_key or None
    app.config["TESTING"] = settings.environment == "testing"
    # Testing would let exceptions through to the server, which answers them in HTML.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["metrics"] = metrics = Metrics(storage.rooms)
    # At least one process in two is left for everything else.
    slots = Slots(max(1, settings.workers // 2), slots_file)
    app.extensions["rooms"] = LimitedRooms(TimedRooms(storage.rooms, metrics.asked), slots)
    app.extensions["tokens"] = TimedTokens(storage.tokens, metrics.asked)
    app.json = OrjsonProvider(app)
    app.request_class = Request
    app.response_class = JSONResponse
    app.url_map.converters["code"] = CodeConverter
    # Doubled slashes would be answered by a redirect, whose body is HTML.
    app.url_map.merge_slashes = False
    app.register_blueprint(search.bp)
    app.register_blueprint(rooms.bp)
    app.register_blueprint(imports.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(docs.bp)
    pages.init_app(app, settings)
    errors.init_app(app)
    # Flask asks the last of these first: what is logged is what is sent.
    request_log.init_app(app)
    if settings.reading == "token":
        access.close_reading(app, pages.authorize_reading)
    if settings.server_timing:
        init_server_timing(app)
    if settings.cors_origins:
        cors.init_app(app, settings.cors_origins)
    security_headers.init_app(app, settings.tiles)
    caching.init_app(app)
    # One proxy stands before us, and overwrites what clients claim in these headers.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app
