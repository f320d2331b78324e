"""What is counted and measured, by the names of OpenTelemetry in Prometheus' form."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import cast

from flask import current_app
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from rentomatic.query import AnyOf, Query, Within
from rentomatic.repository import RoomRepository

METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
OTHER = "_OTHER"

# Those that OpenTelemetry advises for durations.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
ROOMS = (0, 1, 10, 50, 100, 500, 1000)

AREAS = {AnyOf: "box", Within: "circle"}


class Metrics:
    """The metrics of one application, in a registry of their own; methods say what happened.

    A child of a metric, which has a value for each label, is looked up once.
    """

    def __init__(self, rooms: RoomRepository) -> None:
        self._rooms = rooms
        self._given_up = 0
        self.registry = CollectorRegistry()
        self._requests = cache(
            self._histogram(
                "http_server_request_duration_seconds",
                "How long answers took until they began",
                SECONDS,
                "http_request_method",
                "http_route",
                "http_response_status_code",
            ).labels
        )
        self._operations = cache(
            self._histogram(
                "db_client_operation_duration_seconds",
                "How long operations of the repository took",
                SECONDS,
                "db_operation_name",
            ).labels
        )
        self._connections = cache(
            self._gauge(
                "db_client_connection_count",
                "Connections to the database after the last request of each process",
                "db_client_connection_state",
            ).labels
        )
        self._limit = self._gauge(
            "db_client_connection_max", "Connections that the processes may open; 0 is no limit"
        )
        self._timeouts = self._counter(
            "db_client_connection_timeouts", "Waits for a connection that were given up"
        )
        self._searches = cache(
            self._counter("rentomatic_searches", "Pages of rooms found", "sort", "area").labels
        )
        self._found = self._histogram("rentomatic_search_rooms", "Rooms on a page found", ROOMS)
        self._imported = self._counter(
            "rentomatic_import_rows", "Rows of imports over HTTP by what became of them", "outcome"
        )
        self._checks = self._counter("rentomatic_token_checks", "Tokens asked for", "result")
        Gauge(
            "rentomatic_build_info",
            "Which version runs",
            ("version",),
            registry=self.registry,
            multiprocess_mode="livemax",
        ).labels(version("rentomatic-web")).set(1)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Measure one request; what is made up by clients is no label."""
        known = method if method in METHODS else OTHER
        self._requests(known, route, status).observe(seconds)
        self.count_connections()

    def asked(self, operation: str, seconds: float) -> None:
        """Measure one operation of the repository."""
        self._operations(operation).observe(seconds)

    def count_connections(self) -> None:
        """Take the figures of the repository over."""
        used, idle, limit, timeouts = self._rooms.connections()
        self._connections("used").set(used)
        self._connections("idle").set(idle)
        self._limit.set(limit)
        if timeouts > self._given_up:
            self._timeouts.inc(timeouts - self._given_up)
            self._given_up = timeouts

    def searched(self, query: Query, found: int) -> None:
        """Count one page of rooms by the kind of its search."""
        areas = {AREAS[type(each)] for each in query.filters if type(each) in AREAS}
        self._searches(query.sort, "+".join(sorted(areas)) or "none").inc()
        self._found.observe(found)

    def imported(self, rows: Mapping[str, int]) -> None:
        """Count the rows of one import by what became of them."""
        for outcome, count in rows.items():
            self._imported.labels(outcome).inc(count)

    def checked(self, result: str) -> None:
        """Count one answer to whether a request may do what it wants."""
        self._checks.labels(result).inc()

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(name, text, labels, registry=self.registry, buckets=buckets)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        # Added up over the processes that live.
        return Gauge(name, text, labels, registry=self.registry, multiprocess_mode="livesum")


def current_metrics() -> Metrics:
    """Return the metrics of the application that serves this request."""
    return cast(Metrics, current_app.extensions["metrics"])
