"""The metrics, with names of OpenTelemetry in Prometheus' form."""

from collections.abc import Mapping
from functools import cache, partial
from importlib.metadata import version
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from rentomatic.domain.conditions import Box, Within
from rentomatic.domain.query import Query
from rentomatic.repository.protocols import Connections, RoomRepository

METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
OTHER = "_OTHER"
# Label sets of requests in one process, for which the files of slots.py have room.
MAX_REQUEST_LABELS = 500

# OpenTelemetry's advice for durations.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
ROOMS = (0, 1, 10, 50, 100, 500, 1000)

AREAS = {Box: "box", Within: "circle"}
OUTCOMES = ("created", "updated", "unchanged", "rejected", "withdrawn")
RESULTS = ("accepted", "forbidden", "missing", "refused")
HEAVY_OUTCOMES = ("started", "kept", "refused")
PHOTO_OUTCOMES = ("started", "refused")

# Name, help text and labels.
REQUESTS = (
    "http_server_request_duration_seconds",
    "Duration of requests until the response begins",
    ("http_request_method", "http_route", "http_response_status_code"),
)
OPERATIONS = (
    "db_client_operation_duration_seconds",
    "Duration of storage operations",
    ("db_operation_name",),
)
CONNECTIONS = (
    "db_client_connection_count",
    "Connections to the storage, after the last request of each process",
    ("db_client_connection_state",),
)
LIMIT = ("db_client_connection_max", "Maximum number of connections of all processes")
TIMEOUTS = (
    "db_client_connection_timeouts_total",
    "Requests that timed out waiting for a connection",
)
SEARCHES = ("rentomatic_searches_total", "Searches", ("sort", "area"))
FOUND = ("rentomatic_search_rooms", "Rooms on a page of a search")
ROWS = ("rentomatic_import_rows_total", "Rows of imports over HTTP", ("outcome",))
CHECKS = ("rentomatic_token_checks_total", "Checks of tokens", ("result",))
HEAVY_READS = (
    "rentomatic_heavy_reads_total",
    "Facets, clusters, counts, exports and heavy searches",
    ("outcome",),
)
PHOTOS = ("rentomatic_photos_total", "Uploads of photos", ("outcome",))
BUILD = ("rentomatic_build_info", "The running version", ("version",))


class Metrics:
    """The metrics of one application, in its own registry. Methods record events.

    Children (one for each set of label values) are looked up once, because that is slow.
    """

    def __init__(self, rooms: RoomRepository) -> None:
        self._rooms = rooms
        self._connections = Connections()
        self._counting = Lock()  # threads would count the same timeout twice
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
        rows, checks, heavy = counter(*ROWS), counter(*CHECKS), counter(*HEAVY_READS)
        self._rows = {outcome: rows.labels(outcome) for outcome in OUTCOMES}
        self._checks = {result: checks.labels(result) for result in RESULTS}
        self._heavy_reads = {outcome: heavy.labels(outcome) for outcome in HEAVY_OUTCOMES}
        photos = counter(*PHOTOS)
        self._photos = {outcome: photos.labels(outcome) for outcome in PHOTO_OUTCOMES}
        gauge(*BUILD, multiprocess_mode="livemax").labels(version("rentomatic-web")).set(1)

    def record_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Record a request; unknown methods share a label, because clients can invent them."""
        known = method if method in METHODS else OTHER
        if self._requests.cache_info().currsize >= MAX_REQUEST_LABELS:
            known, route = OTHER, ""
        self._requests(known, route, status).observe(seconds)
        self.count_connections()

    def record_operation(self, operation: str, seconds: float) -> None:
        """Record a storage operation."""
        self._operations(operation).observe(seconds)

    def count_connections(self) -> None:
        """Update the gauges of connections."""
        with self._counting:
            now, before = self._rooms.connections(), self._connections
            if now == before:  # as after nearly every request
                return
            self._connections = now
            self._used.set(now.used)
            self._idle.set(now.idle)
            self._limit.set(now.limit)
            self._timeouts.inc(now.timeouts - before.timeouts)

    def record_search(self, query: Query, found: int) -> None:
        """Count a search by its order and area."""
        areas = {AREAS[type(each)] for each in query.filters if type(each) in AREAS}
        self._searches(query.sort, "+".join(sorted(areas)) or "none").inc()
        self._found.observe(found)

    def record_import(self, rows: Mapping[str, int]) -> None:
        """Count the rows of an import by outcome."""
        for outcome, count in rows.items():
            self._rows[outcome].inc(count)

    def record_token_check(self, result: str) -> None:
        """Count a check of a token."""
        self._checks[result].inc()

    def record_heavy_read(self, outcome: str) -> None:
        """Count a heavy read."""
        self._heavy_reads[outcome].inc()

    def record_photo(self, outcome: str) -> None:
        """Count an upload of a photo."""
        self._photos[outcome].inc()
