"""Nginx's limits: hosts, rates, slow clients, concurrency."""

import gzip
import json
import os
import resource
import signal
import socket
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from threading import Event, Thread

import pytest

from rentomatic.repository.memory import EXAMPLE_ROOMS
from tests.e2e.stack import ask, eventually
from tests.programs import PATIENCE_SECONDS
from tests.servers import listens, nginx

pytestmark = pytest.mark.integration

ROOM = f"/rooms/{EXAMPLE_ROOMS[0].code}"


def test_only_the_named_hosts_are_served(home: Path, application: Path) -> None:
    with nginx(home, [application], RENTOMATIC_HOSTS="rooms.example, [::1]") as port:
        for host in ("rooms.example", "Rooms.Example:8080", "[::1]"):
            assert ask(port, "/rooms", Host=host).status == 200, host
        for host in ("evil.example", "rooms.example,evil", "example", "rooms", "x.rooms.example"):
            answer = ask(port, "/rooms", Host=host)
            assert (answer.status, answer.json()["code"]) == (421, "misdirected_request"), host
        # Probes ask an address.
        assert ask(port, "/livez").status == ask(port, "/readyz").status == 200


def test_who_asks_too_often_is_told_to_wait(home: Path, application: Path) -> None:
    with nginx(home, [application], RENTOMATIC_RATE_LIMIT="3") as port:
        answers = [ask(port, "/rooms") for _ in range(30)]
        probes = [ask(port, path).status for path in ("/livez", "/readyz") * 15]
        time.sleep(0.5)
        assert ask(port, "/rooms").status == 200

    assert [answer.status for answer in answers[:4]] == [200] * 4
    assert probes == [200] * 30
    refused = [answer for answer in answers if answer.status != 200]
    assert refused
    for answer in refused:
        assert (answer.status, answer.json()["code"]) == (429, "too_many_requests")
        assert answer.fields["Retry-After"] == "1"
        assert answer.fields["RateLimit-Policy"] == '"default";q=3;w=1'
        assert answer.fields["Cache-Control"] == "no-store"


def test_nobody_is_counted_unless_that_is_set(home: Path, application: Path) -> None:
    with nginx(home, [application]) as port:
        assert {ask(port, "/livez").status for _ in range(100)} == {200}
        assert {ask(port, "/nothing").status for _ in range(100)} == {404}


def test_long_texts_are_compressed_and_one_room_is_not(home: Path, application: Path) -> None:
    with nginx(home, [application]) as port:
        page = ask(port, "/docs", **{"Accept-Encoding": "gzip"})
        listed = ask(port, "/rooms", **{"Accept-Encoding": "gzip"})
        plain = ask(port, "/openapi.json")
        described = ask(port, "/openapi.json", **{"Accept-Encoding": "gzip"})
        room = ask(port, ROOM, **{"Accept-Encoding": "gzip"})

    assert b"<html" in gzip.decompress(page.body)
    assert page.fields["Vary"] == "Accept-Encoding"
    assert json.loads(gzip.decompress(described.body)) == plain.json()
    assert described.fields["ETag"] == plain.fields["ETag"]
    assert "Content-Encoding" not in {*room.fields, *listed.fields}
    assert room.fields["ETag"].startswith('"')


def test_a_full_queue_is_answered_at_once(home: Path) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(os.fspath(home / "busy"))
        listener.listen(0)
        waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
        waiting.connect(os.fspath(home / "busy"))
        port = stack.enter_context(nginx(home, [home / "busy"]))
        began = time.monotonic()
        answer = ask(port, "/rooms")

    assert (answer.status, answer.json()["code"]) == (503, "service_unavailable")
    assert answer.fields["Retry-After"] == "1"
    assert time.monotonic() - began < 2


def test_a_thousand_slow_clients_starve_nobody(home: Path, application: Path) -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2000:
        pytest.skip("this user may not open 1,000 connections")
    with ExitStack() as stack:
        port = stack.enter_context(nginx(home, [application]))
        for _ in range(1000):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            slow.sendall(b"GET /rooms HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        began = time.monotonic()
        assert {ask(port, "/rooms").status for _ in range(20)} == {200}
        assert time.monotonic() - began < 5
    assert "worker_connections are not enough" not in (home / "nginx.log").read_text("utf-8")


class Slow(BaseHTTPRequestHandler):
    """Responds when the test allows it."""

    asked, told = Event(), Event()

    def do_GET(self) -> None:
        self.asked.set()
        self.told.wait(PATIENCE_SECONDS)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        return ""


def test_a_stop_lets_answers_in_progress_end(home: Path) -> None:
    statuses: list[int] = []
    with ExitStack() as stack:
        server = ThreadingUnixStreamServer(os.fspath(home / "slow"), Slow)
        stack.enter_context(server)
        stack.callback(server.shutdown)
        Thread(target=server.serve_forever, args=(0.05,)).start()
        port = stack.enter_context(nginx(home, [home / "slow"]))
        client = Thread(target=lambda: statuses.append(ask(port, "/rooms").status))
        client.start()
        assert Slow.asked.wait(PATIENCE_SECONDS)
        master = int((home / "nginx/nginx.pid").read_text("ascii"))
        os.kill(master, signal.SIGQUIT)
        eventually(lambda: not listens(("127.0.0.1", port)), "nobody listens any more")
        time.sleep(2.5)  # longer than an impatient Nginx waits
        Slow.told.set()
        client.join(PATIENCE_SECONDS)

    assert statuses == [200]
