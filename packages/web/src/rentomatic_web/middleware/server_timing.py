"""The Server-Timing header field (W3C): how long an answer took, shown by browsers' tools."""

import time

from flask import Flask, Response, g

from rentomatic_web.middleware.timing import waited


def init_app(app: Flask) -> None:
    """Tell with every answer how many milliseconds the application had it, and the repository."""
    app.after_request(tell)


def tell(response: Response) -> Response:
    """Add the time since the request came to the application."""
    duration = (time.perf_counter() - g.started) * 1000
    response.headers["Server-Timing"] = f"app;dur={duration:.3f}, db;dur={waited() * 1000:.3f}"
    return response
