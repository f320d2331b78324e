"""The Server-Timing header field (W3C)."""

import time

from flask import Flask, Response

from rentomatic_web.request import current_request


def init_app(app: Flask) -> None:
    """Send the milliseconds of the application and of the storage with every response."""

    @app.after_request
    def add_header(response: Response) -> Response:
        request = current_request()
        app_ms, db_ms = (time.perf_counter() - request.started) * 1000, request.waited * 1000
        response.headers["Server-Timing"] = f"app;dur={app_ms:.3f}, db;dur={db_ms:.3f}"
        return response
