"""The Server-Timing header field (W3C)."""

import time

from flask import Flask, Response, g

from rentomatic_web.storage.timing import waited


def init_app(app: Flask) -> None:
    """Send the milliseconds of the application and of the storage with every response."""

    @app.after_request
    def add_header(response: Response) -> Response:
        app_ms, db_ms = (time.perf_counter() - g.started) * 1000, waited() * 1000
        response.headers["Server-Timing"] = f"app;dur={app_ms:.3f}, db;dur={db_ms:.3f}"
        return response
