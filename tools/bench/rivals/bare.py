"""A minimal server of rooms: a WSGI function, one connection, JSON built by PostgreSQL."""

import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import psycopg2

ROOM = "code, size, price, latitude, longitude"
CONDITIONS = {
    "filter_price__gt": "price > %s",
    "filter_price__lt": "price < %s",
    "bbox": "point(longitude, latitude) <@ box(point(%s, %s), point(%s, %s))",
}
PAGE = (
    f"SELECT coalesce(json_agg(page), '[]')::text FROM "  # noqa: S608
    f"(SELECT {ROOM} FROM room WHERE {{}} ORDER BY price, code LIMIT 100) AS page"
)
ONE = f"SELECT row_to_json(one)::text FROM (SELECT {ROOM} FROM room WHERE code = %s) AS one"  # noqa: S608
INSERT = (
    f"INSERT INTO room ({ROOM}) "  # noqa: S608
    "VALUES (%(code)s, %(size)s, %(price)s, %(latitude)s, %(longitude)s)"
)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Add a room, or return a page of rooms, or one room if the path ends with a code."""
    cursor = _connection().cursor()
    if environ["REQUEST_METHOD"] == "POST":
        status, body = "201 Created", environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        cursor.execute(INSERT, json.loads(body))
    else:
        code = environ["PATH_INFO"].removeprefix("/rooms").strip("/")
        cursor.execute(*((ONE, [code]) if code else _page(environ["QUERY_STRING"])))
        status, body = "200 OK", cursor.fetchone()[0].encode()
    start_response(
        status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]


def _page(query: str) -> tuple[str, list[str]]:
    parameters = dict(parse_qsl(query))
    conditions = " AND ".join(("true", *(CONDITIONS[name] for name in parameters)))
    values = [value for text in parameters.values() for value in text.split(",")]
    return PAGE.format(conditions), values


@cache
def _connection() -> Any:
    connection = psycopg2.connect(os.environ["RENTOMATIC_REPOSITORY"])
    connection.autocommit = True
    return connection
