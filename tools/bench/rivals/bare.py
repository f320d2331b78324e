"""A minimal server of rooms: a WSGI function, one connection, JSON built by PostgreSQL."""

import os
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import psycopg2

ROOM = "code, size, price, latitude, longitude"
CONDITIONS = {
    "filter_price__gt": "price > %s",
    "filter_price__lt": "price < %s",
    "bbox": "longitude >= %s AND latitude >= %s AND longitude <= %s AND latitude <= %s",
}
PAGE = (
    f"SELECT coalesce(json_agg(page), '[]')::text FROM "  # noqa: S608
    f"(SELECT {ROOM} FROM room WHERE {{}} ORDER BY price, code LIMIT 100) AS page"
)
ONE = f"SELECT row_to_json(one)::text FROM (SELECT {ROOM} FROM room WHERE code = %s) AS one"  # noqa: S608


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Return a page of rooms, or one room if the path ends with a code."""
    code = environ["PATH_INFO"].removeprefix("/rooms").strip("/")
    cursor = _connection().cursor()
    cursor.execute(*((ONE, [code]) if code else _page(environ["QUERY_STRING"])))
    body = cursor.fetchone()[0].encode()
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]


def _page(query: str) -> tuple[str, list[str]]:
    parameters = parse_qs(query)
    conditions = " AND ".join(("true", *(CONDITIONS[name] for name in parameters)))
    return PAGE.format(conditions), [
        value for (text,) in parameters.values() for value in text.split(",")
    ]


@cache
def _connection() -> Any:
    connection = psycopg2.connect(os.environ["RENTOMATIC_REPOSITORY"])
    connection.autocommit = True
    return connection
