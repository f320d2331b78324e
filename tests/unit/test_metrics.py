"""What one application counts, measures and says of each request."""

import json
import logging
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import generate_latest, values

from rentomatic.domain.query import Query
from rentomatic.domain.tokens import Role
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms, MemoryTokens
from rentomatic.repository.protocols import Connections
from rentomatic_web.context import context_of
from rentomatic_web.metrics.endpoint import publish
from rentomatic_web.metrics.metrics import MAX_REQUEST_LABELS, REQUESTS, SEARCHES, Metrics
from rentomatic_web.metrics.slots import SIZES, MetricSlots
from rentomatic_web.middleware.logs import network_of, trace_id
from tests.apps import app_of, token_for
from tests.rooms import HEADER, line

ROOT = Path(__file__).parents[2]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def app() -> Flask:
    return app_of(MemoryRooms(EXAMPLE_ROOMS))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def value(app: Flask, name: str, **labels: str) -> float:
    return app.extensions["rentomatic"].metrics.registry.get_sample_value(name, labels) or 0


def answers(app: Flask, method: str, route: str, status: str) -> float:
    labels = dict(zip(REQUESTS[2], (method, route, status), strict=True))
    return value(app, f"{REQUESTS[0]}_count", **labels)


def test_requests_are_counted_by_method_route_and_status(app: Flask, client: FlaskClient) -> None:
    for path in ("/rooms", "/rooms", f"/rooms/{EXAMPLE_ROOMS[0].code}", "/rooms?limit=x"):
        client.get(path)

    assert answers(app, "GET", "/rooms", "200") == 2
    assert answers(app, "GET", "/rooms/<code:code>", "200") == 1
    assert answers(app, "GET", "/rooms", "400") == 1


def test_what_clients_make_up_is_no_label(app: Flask, client: FlaskClient) -> None:
    for path in ("/a", "/b", "/metrics"):
        client.get(path)
    client.open("/rooms", method="BREW")

    assert answers(app, "GET", "", "404") == 3
    assert answers(app, "_OTHER", "", "405") == 1


def test_applications_count_apart(client: FlaskClient) -> None:
    client.get("/rooms")

    assert answers(app_of(MemoryRooms()), "GET", "/rooms", "200") == 0


@pytest.mark.parametrize(
    ("query", "sort", "area", "rooms"),
    [
        ("", "price", "none", 4),
        ("sort=-size&limit=3", "size", "none", 3),
        ("bbox=-1,50,1,51.5", "price", "box", 2),
        ("near_latitude=51&near_longitude=0&within=1", "price", "circle", 0),
        (
            "near_latitude=51&near_longitude=0&within=1&bbox=-1,50,1,51.5&sort=distance",
            "distance",
            "box+circle",
            0,
        ),
    ],
)
def test_searches_are_counted_by_kind(
    app: Flask, query: str, sort: str, area: str, rooms: int
) -> None:
    assert app.test_client().get(f"/rooms?{query}").status_code == 200

    assert value(app, SEARCHES[0], sort=sort, area=area) == 1
    assert value(app, "rentomatic_search_rooms_sum") == rooms


def test_operations_of_the_repository_are_measured_even_if_they_fail() -> None:
    class AwayRooms(MemoryRooms):
        def search(self, _query: Query) -> NoReturn:
            raise RepositoryUnavailable

    app = app_of(AwayRooms())
    app.test_client().get("/rooms")
    app.test_client().get("/rooms/export.csv").get_data()

    operations = "db_client_operation_duration_seconds_count"
    assert value(app, operations, db_operation_name="search") == 1
    assert value(app, operations, db_operation_name="scan") == 1
    assert value(app, operations, db_operation_name="connections") == 0


def test_tokens_are_counted_by_what_they_were_good_for() -> None:
    tokens = MemoryTokens()
    app = app_of(MemoryRooms(), tokens)
    client = app.test_client()
    importer = token_for(tokens, Role.IMPORTER)
    for path, token in (
        ("/rooms/import", importer),
        ("/rooms", importer),
        ("/rooms", "Bearer ann.x"),
        ("/rooms", ""),
    ):
        client.post(path, headers={"Authorization": token})

    results = ("accepted", "forbidden", "refused", "missing")
    assert [value(app, "rentomatic_token_checks_total", result=each) for each in results] == [
        1
    ] * 4
    operation = "db_client_operation_duration_seconds_count"
    assert value(app, operation, db_operation_name="tokens.find") == 3


@pytest.mark.parametrize(
    ("query", "counted"),
    [
        ("?on_error=skip", {"created": 2, "updated": 0, "unchanged": 0, "rejected": 1}),
        ("?on_error=abort", {"created": 0, "updated": 0, "unchanged": 0, "rejected": 1}),
        ("?on_error=skip&dry_run=true", None),
        ("?on_error=abort&dry_run=true", None),
    ],
)
def test_rows_of_imports_are_counted_and_logged(
    caplog: pytest.LogCaptureFixture, query: str, counted: dict[str, int] | None
) -> None:
    tokens = MemoryTokens()
    app = app_of(MemoryRooms(), tokens)
    caplog.set_level(logging.INFO)
    app.test_client().post(
        f"/rooms/import{query}",
        data=HEADER + line(1) + line(2) + line(3, price="x"),
        content_type="text/csv",
        headers={"Authorization": token_for(tokens, Role.IMPORTER)},
    )

    names = ("created", "updated", "unchanged", "rejected")
    rows = {name: value(app, "rentomatic_import_rows_total", outcome=name) for name in names}
    logged = [vars(each) for each in caplog.records if each.message == "import"]
    assert rows == (counted or dict.fromkeys(names, 0))
    said = [{name: each[f"rows_{name}"] for name in names} for each in logged]
    assert said == [counted] * bool(counted)


def test_connections_are_those_after_the_last_request() -> None:
    class Pooled(MemoryRooms):
        now = Connections(1, 2, 5, 3)

        def connections(self) -> Connections:
            return self.now

    rooms = Pooled()
    app = app_of(rooms)
    for now in (Connections(1, 2, 5, 3), Connections(0, 3, 5, 4)):
        rooms.now = now
        app.test_client().get("/livez")

    count = "db_client_connection_count"
    assert value(app, count, db_client_connection_state="used") == 0
    assert value(app, count, db_client_connection_state="idle") == 3
    assert value(app, "db_client_connection_max") == 5
    assert value(app, "db_client_connection_timeouts_total") == 4


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "metrics"))
        yield listener


def test_metrics_are_read_on_their_listener_alone(
    app: Flask, client: FlaskClient, listener: socket.socket
) -> None:
    publish(app, context_of(app).metrics, f"unix:{listener.getsockname()}", None)

    with socket.create_server(("127.0.0.1", 0)) as other:
        assert client.get("/metrics", environ_base={"gunicorn.socket": other}).status_code == 404
    assert client.get("/metrics").status_code == 404
    ours: dict[str, Any] = {"environ_base": {"gunicorn.socket": listener}}
    assert client.get("/rooms", **ours).status_code == 404
    assert 'http_route=""} 2.0' in client.get("/metrics", **ours).text


def test_a_listener_on_every_address_is_known_by_its_port(app: Flask, client: FlaskClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        publish(app, context_of(app).metrics, f"0.0.0.0:{listener.getsockname()[1]}", None)

        answer = client.get("/metrics", environ_base={"gunicorn.socket": listener})

    assert answer.status_code == 200


def test_the_metrics_page_lists_every_metric_with_its_labels(
    app: Flask, client: FlaskClient
) -> None:
    client.get("/rooms")  # after which each metric has a value for some labels
    exported = {
        family.name + ("_total" if family.type == "counter" else ""): {
            label for sample in family.samples for label in sample.labels if label != "le"
        }
        for family in app.extensions["rentomatic"].metrics.registry.collect()
    }
    section = (ROOT / "docs/metrics.md").read_text("utf-8").partition("\n## Metrics\n")[2]
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", section.partition("\n## ")[0], re.MULTILINE)

    assert {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows} == exported
    assert len(rows) == len(exported)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", None),
        ("unix:", None),
        ("192.0.2", None),
        ("192.0.2.77, 192.0.2.78", None),
    ],
)
def test_of_an_address_the_network_is_logged(address: str, expected: str | None) -> None:
    assert network_of(address) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (TRACEPARENT, TRACE),
        (f"cc{TRACEPARENT[2:]}-what-comes-later", TRACE),
        (f"{TRACEPARENT}-more", None),
        (f"ff{TRACEPARENT[2:]}", None),
        (TRACEPARENT.upper(), None),
        (TRACEPARENT.replace(TRACE, "0" * 32), None),
        (TRACEPARENT.replace("00f067aa0ba902b7", "0" * 16), None),
        (f"{TRACEPARENT},{TRACEPARENT}", None),
        (f"{TRACEPARENT}\n", None),
        ("", None),
    ],
)
def test_only_a_valid_trace_is_logged(field: str, expected: str | None) -> None:
    assert trace_id(field) == expected


def test_the_line_of_a_request_says_what_an_operator_asks(
    client: FlaskClient, request_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    fields = {"traceparent": TRACEPARENT, "X-Forwarded-For": "192.0.2.77"}
    client.get("/rooms?limit=1", headers=fields)
    client.get("/rooms?limit=secret", environ_base={"REMOTE_ADDR": ""})

    first, second = request_lines()
    assert (first["client"], first["trace_id"]) == ("192.0.2.0/24", TRACE)
    assert 0 < first["db_ms"] < first["duration_ms"]
    assert "error" not in first
    assert (second["error"], second["status"], second["db_ms"]) == ("invalid_request", 400, 0)
    assert second.keys() & {"client", "trace_id"} == set()
    assert "secret" not in json.dumps(second, default=str)


@pytest.fixture
def metrics_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    return tmp_path / "metrics"


def take_slot(folder: Path) -> None:
    """Take a slot in another process, and end it by SIGKILL."""
    process = get_context("fork").Process(target=take_and_die, args=(folder,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def take_and_die(folder: Path) -> None:
    MetricSlots(folder).take()
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_takes_the_lowest_slot_that_no_living_process_has(metrics_folder: Path) -> None:
    take_slot(metrics_folder)
    MetricSlots(metrics_folder).take()
    take_slot(metrics_folder)
    take_slot(metrics_folder)

    files = {file.name: file.stat() for file in metrics_folder.glob("*.db")}
    assert files.keys() == {f"{kind}_{slot}.db" for kind in SIZES for slot in (0, 1)}
    assert all(each.st_blocks * 512 >= each.st_size > 0 for each in files.values())


def test_gauges_of_ended_processes_are_removed(metrics_folder: Path) -> None:
    slots = MetricSlots(metrics_folder)
    slots.take()
    take_slot(metrics_folder)

    slots.remove_dead_gauges()

    assert {file.name for file in metrics_folder.glob("gauge_*")} == {
        "gauge_livemax_0.db",
        "gauge_livesum_0.db",
    }
    assert (metrics_folder / "counter_1.db").exists()


def test_without_room_for_its_files_a_process_counts_alone(
    metrics_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    MetricSlots(metrics_folder / "missing").take()

    assert values.ValueClass is values.MutexValue
    assert [each.message[:22] for each in caplog.records] == ["Metrics are incomplete"]


def test_the_labels_of_requests_are_bounded() -> None:
    app = app_of(MemoryRooms())
    metrics: Metrics = app.extensions["rentomatic"].metrics
    for number in range(3 * MAX_REQUEST_LABELS):
        metrics.record_request("GET", f"/{number}", 200, 0.01)

    text = generate_latest(metrics.registry).decode()
    assert text.count("duration_seconds_sum") <= MAX_REQUEST_LABELS + 1
    assert 'http_request_method="_OTHER",http_response_status_code="200",http_route=""' in text
