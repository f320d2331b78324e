"""The Server-Timing header field (W3C): how long an answer took, shown by browsers' tools."""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g

from rentomatic.repository import RoomRepository


def init_app(app: Flask) -> None:
    """Tell with every answer how many milliseconds the application had it, and the repository."""
    app.extensions["rooms"] = Timed(app.extensions["rooms"])
    app.after_request(tell)


class Timed:
    """A RoomRepository that adds up how long the requests of each thread waited for it.

    What a scan yields comes when the answer has begun, and does not count.
    """

    def __init__(self, rooms: RoomRepository) -> None:
        self._rooms = rooms

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._rooms, name)

        def timed(*arguments: Any, **keywords: Any) -> Any:
            began = time.perf_counter()
            try:
                return method(*arguments, **keywords)
            finally:
                g.waited = g.get("waited", 0.0) + time.perf_counter() - began

        return timed


def tell(response: Response) -> Response:
    """Add the time since the request came to the application."""
    duration = (time.perf_counter() - g.started) * 1000
    waited = g.get("waited", 0.0) * 1000
    response.headers["Server-Timing"] = f"app;dur={duration:.3f}, db;dur={waited:.3f}"
    return response
