"""What is counted and measured, by the names of OpenTelemetry in Prometheus' form."""

from collections.abc import Mapping
from functools import cache, partial
from importlib.metadata import version
from threading import Lock
from typing import cast

from flask import current_app
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from rentomatic.domain.conditions import Box, Within
from rentomatic.domain.query import Query
from rentomatic.repository.protocols import Connections, RoomRepository

METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
OTHER = "_OTHER"
# Label sets of requests in one process: files of slots.py have room for them.
MAX_REQUEST_LABELS = 500

# Those that OpenTelemetry advises for durations.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
ROOMS = (0, 1, 10, 50, 100, 500, 1000)

AREAS = {Box: "box", Within: "circle"}
OUTCOMES = ("created", "updated", "unchanged", "rejected")
RESULTS = ("accepted", "forbidden", "missing", "refused")

# Names, what they say, and labels.
REQUESTS = (
    "http_server_request_duration_seconds",
    "How long answers took until they began",
    ("http_request_method", "http_route", "http_response_status_code"),
)
OPERATIONS = (
    "db_client_operation_duration_seconds",
    "How long operations of the repository took",
    ("db_operation_name",),
)
CONNECTIONS = (
    "db_client_connection_count",
    "Connections to the database, after the last request of each process",
    ("db_client_connection_state",),
)
LIMIT = ("db_client_connection_max", "Connections that the processes may open")
TIMEOUTS = ("db_client_connection_timeouts_total", "Waits for a connection that were given up")
SEARCHES = ("rentomatic_searches_total", "Pages of rooms that were found", ("sort", "area"))
FOUND = ("rentomatic_search_rooms", "Rooms on a page that was found")
ROWS = ("rentomatic_import_rows_total", "Rows of imports over HTTP", ("outcome",))
CHECKS = ("rentomatic_token_checks_total", "Tokens that were asked for", ("result",))
BUILD = ("rentomatic_build_info", "The version that runs", ("version",))


class Metrics:
    """The metrics of one application, in a registry of their own; methods say what happened.

    Each child, which has a value for every label, is looked up once. Of several processes that
    live, connections are added up.
    """

    def __init__(self, rooms: RoomRepository) -> None:
        self._rooms = rooms
        self._connections = Connections()
        self._counting = Lock()  # threads would count the same wait twice
        self.registry = registry = CollectorRegistry()
        histogram = partial(Histogram, registry=registry)
        counter = partial(Counter, registry=registry)
        gauge = partial(Gauge, registry=registry)
        self._requests = cache(histogram(*REQUESTS, buckets=SECONDS).labels)
        self._operations = cache(histogram(*OPERATIONS, buckets=SECONDS).labels)
        connections = gauge(*CONNECTIONS, multiprocess_mode="livesum")
        self._used, self._idle = connections.labels("used"), connections.labels("idle")
        self._limit = gauge(*LIMIT, multiprocess_mode="livesum")
        self._timeouts = counter(*TIMEOUTS)
        self._searches = cache(counter(*SEARCHES).labels)
        self._found = histogram(*FOUND, buckets=ROOMS)
        rows, checks = counter(*ROWS), counter(*CHECKS)
        self._rows = {outcome: rows.labels(outcome) for outcome in OUTCOMES}
        self._checks = {result: checks.labels(result) for result in RESULTS}
        gauge(*BUILD, multiprocess_mode="livemax").labels(version("rentomatic-web")).set(1)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Measure one request; what is made up by clients is no label."""
        known = method if method in METHODS else OTHER
        if self._requests.cache_info().currsize >= MAX_REQUEST_LABELS:
            known, route = OTHER, ""
        self._requests(known, route, status).observe(seconds)
        self.count_connections()

    def asked(self, operation: str, seconds: float) -> None:
        """Measure one operation of the repository."""
        self._operations(operation).observe(seconds)

    def count_connections(self) -> None:
        """Take the figures of the repository over."""
        with self._counting:
            now, before = self._rooms.connections(), self._connections
            if now == before:  # as after nearly every request
                return
            self._connections = now
            self._used.set(now.used)
            self._idle.set(now.idle)
            self._limit.set(now.limit)
            self._timeouts.inc(now.timeouts - before.timeouts)

    def searched(self, query: Query, found: int) -> None:
        """Count one page of rooms by the kind of its search."""
        areas = {AREAS[type(each)] for each in query.filters if type(each) in AREAS}
        self._searches(query.sort, "+".join(sorted(areas)) or "none").inc()
        self._found.observe(found)

    def imported(self, rows: Mapping[str, int]) -> None:
        """Count the rows of one import by what became of them."""
        for outcome, count in rows.items():
            self._rows[outcome].inc(count)

    def checked(self, result: str) -> None:
        """Count one answer to whether a request may do what it wants."""
        self._checks[result].inc()


def current_metrics() -> Metrics:
    """Return the metrics of the application that serves this request."""
    return cast(Metrics, current_app.extensions["metrics"])
