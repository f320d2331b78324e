"""WSGI environments of requests, as gunicorn builds them for requests that Nginx forwards."""

import io
import socket
import sys
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID

import orjson

from tools.bench.databases import (
    CITIES,
    MAX_PRICE,
    MIN_OFFER_PRICE,
    MIN_PRICE,
    OFFERS,
    city,
    code,
)
from tools.bench.workloads import BOX_ROOMS, box_around, half_side

Environ = dict[str, Any]

HEADERS = {
    "HTTP_ACCEPT": "*/*",
    "HTTP_ACCEPT_ENCODING": "gzip",
    "HTTP_CONNECTION": "close",
    "HTTP_HOST": "127.0.0.1:8080",
    "HTTP_USER_AGENT": "bench",
    "HTTP_X_FORWARDED_FOR": "192.0.2.1",
    "HTTP_X_FORWARDED_HOST": "127.0.0.1:8080",
    "HTTP_X_FORWARDED_PROTO": "http",
    "HTTP_X_REAL_IP": "192.0.2.1",
    "HTTP_X_REQUEST_ID": "0123456789abcdef0123456789abcdef",
}


class Requests(NamedTuple):
    """Makes a different request at each call, so that no cache helps."""

    rooms: int
    authorization: str
    listener: socket.socket
    random: Random

    def page(self) -> Environ:
        # Ten prices and more: a full page in any database.
        low = self.random.randint(MIN_PRICE - 1, MAX_PRICE - 20)
        high = low + self.random.randint(11, 20)
        query = f"filter_price__gt={low}&filter_price__lt={high}"
        return self._environ("GET", f"/rooms?{query}")

    def offers(self) -> Environ:
        """Return a request for a page of rooms with details, after `add_offers`."""
        low = self.random.randint(MIN_OFFER_PRICE - 1, MIN_OFFER_PRICE + OFFERS // 10 - 20)
        return self._environ("GET", f"/rooms?filter_price__gt={low}&filter_price__lt={low + 12}")

    def one(self) -> Environ:
        return self._environ("GET", f"/rooms/{code(self.random.randint(1, self.rooms))}")

    def box(self) -> Environ:
        half = half_side(self.rooms, BOX_ROOMS)
        longitude, latitude = city(self.random.randrange(CITIES))
        longitude += self.random.uniform(-half / 10, half / 10)
        return self._environ("GET", f"/rooms?bbox={box_around((longitude, latitude), half)}")

    def insert(self) -> Environ:
        body = orjson.dumps(
            {
                "code": str(UUID(int=self.random.getrandbits(128))),
                "size": self.random.randint(10, 200),
                "price": self.random.randint(MIN_PRICE, MAX_PRICE),
                "latitude": self.random.uniform(-60, 60),
                "longitude": self.random.uniform(-170, 170),
            }
        )
        headers = {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": self.authorization}
        return self._environ("POST", "/rooms", body) | headers

    def _environ(self, method: str, target: str, body: bytes = b"") -> Environ:
        path, _, query = target.partition("?")
        length = {"CONTENT_LENGTH": str(len(body))} if body else {}
        return (
            HEADERS
            | length
            | {
                "REQUEST_METHOD": method,
                "RAW_URI": target,
                "PATH_INFO": unquote(path),
                "QUERY_STRING": query,
                "SCRIPT_NAME": "",
                "REMOTE_ADDR": "",
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "8080",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "SERVER_SOFTWARE": "gunicorn",
                "gunicorn.socket": self.listener,
                "wsgi.errors": sys.stderr,
                "wsgi.input": io.BytesIO(body),
                "wsgi.input_terminated": True,
                "wsgi.multiprocess": True,
                "wsgi.multithread": False,
                "wsgi.run_once": False,
                "wsgi.url_scheme": "http",
                "wsgi.version": (1, 0),
            }
        )

    def by_workload(self) -> dict[str, Callable[[], Environ]]:
        workloads = (self.page, self.offers, self.one, self.box, self.insert)
        return {each.__name__: each for each in workloads}
