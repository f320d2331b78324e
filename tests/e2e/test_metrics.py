"""Metrics over all workers of gunicorn."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from rentomatic_postgres.connections import POOL_SIZE
from tests.e2e.sites import GUNICORN
from tests.e2e.stack import Answer, ask, checkout, eventually
from tests.programs import PATIENCE_SECONDS, free_port, running
from tests.servers import listens, nginx

pytestmark = pytest.mark.integration

REQUESTS = "http_server_request_duration_seconds_count"


class UnixConnection(HTTPConnection):
    """A connection to a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def read(path: Path, what: str = "/metrics") -> Answer:
    with closing(UnixConnection(path)) as connection:
        connection.request("GET", what)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())


@dataclass(frozen=True)
class Site:
    """A gunicorn with two processes, and Nginx before it."""

    home: Path
    port: int

    def scrape(self) -> dict[str, float]:
        """Return the sum over all labels of each metric."""
        text = read(self.home / "metrics").body.decode()
        sums: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                sums[sample.name] = sums.get(sample.name, 0) + sample.value
        return sums

    def send(self, count: int) -> None:
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda _: ask(self.port, "/rooms"), range(count)))
        assert [answer.status for answer in answers] == [200] * count

    @property
    def master(self) -> int:
        return int((self.home / "pid").read_text("utf-8"))

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.master}/task/{self.master}/children")
        return set(map(int, children.read_text("utf-8").split()))

    def replaced(self, gone: set[int]) -> None:
        eventually(
            lambda: len(self.workers()) == 2 and not self.workers() & gone, "others work instead"
        )
        # All have made their application when they count connections that may be opened.
        eventually(self.all_count, "others count")

    def all_count(self) -> bool:
        read(self.home / "metrics")  # removes the gauges of ended workers
        files = counters(self.master, "gauge_livemax_*")
        return [file.read_bytes()[:4] != bytes(4) for file in files] == [True, True]


def figures(master: int) -> Path:
    """Return the folder of the metric files of gunicorn's workers."""
    for worker in children(master):
        for link in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(FileNotFoundError):  # the worker has closed the descriptor
                file = link.readlink()
                if file.parts[-2:] == ("metrics", "slots"):
                    return file.parent
    raise LookupError(f"no worker of {master} has metrics")


def counts(master: int) -> bool:
    try:
        return figures(master).exists()
    except (LookupError, FileNotFoundError):
        return False


def children(master: int) -> list[int]:
    text = Path(f"/proc/{master}/task/{master}/children").read_text("utf-8")
    return list(map(int, text.split()))


def counters(master: int, pattern: str) -> list[Path]:
    return sorted(figures(master).glob(f"{pattern}.db")) if counts(master) else []


@contextmanager
def gunicorn(home: Path, repository: str, **settings: str) -> Iterator[None]:
    environ = {
        "RENTOMATIC_REPOSITORY": repository,
        "RENTOMATIC_GUNICORN_BIND": f"unix:{home / 'socket'}",
        "RENTOMATIC_METRICS_BIND": f"unix:{home / 'metrics'}",
        "RENTOMATIC_REQUEST_TIMEOUT": "60",  # workers boot slowly on a busy machine
        "RENTOMATIC_STATEMENT_TIMEOUT": "5",
        "WEB_CONCURRENCY": "2",
        **settings,
    }
    command = [*GUNICORN, "--pid", str(home / "pid")]
    ready = lambda: listens(str(home / "metrics"))  # noqa: E731
    with running(command, home / "log", ready, environ=environ):
        yield


@pytest.fixture
def site(home: Path, postgres_url: str) -> Iterator[Site]:
    with gunicorn(home, postgres_url), nginx(home, [home / "socket"]) as port:
        site = Site(home, port)
        eventually(site.all_count, "both processes count")
        yield site


def test_requests_are_counted_once_whoever_answers_and_whatever_becomes_of_him(
    site: Site, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url) as database, ThreadPoolExecutor(1) as thread:
        database.execute("LOCK TABLE room IN ACCESS EXCLUSIVE MODE")
        held = thread.submit(ask, site.port, "/rooms")
        eventually(lambda: is_waited_for(postgres_url), "one process waits")
        live = [ask(site.port, "/livez").status for _ in range(3)]  # of the other process
        database.rollback()
        assert (held.result().status, live) == (200, [200] * 3)
    site.send(36)
    assert site.scrape()[REQUESTS] == 40

    for number, gone in ((signal.SIGKILL, 1), (signal.SIGKILL, 1), (signal.SIGTERM, 2)):
        victims = set(sorted(site.workers())[:gone])
        for victim in victims:
            os.kill(victim, number)
        site.replaced(victims)
    site.send(20)
    assert site.scrape()[REQUESTS] == 60

    before = site.workers()
    os.kill(site.master, signal.SIGHUP)
    site.replaced(before)
    site.send(20)
    assert site.scrape()[REQUESTS] == 80


def is_waited_for(url: str) -> bool:
    with psycopg.connect(url) as database:
        found = database.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return found == (1,)


def test_replaced_processes_leave_neither_files_nor_connections(
    home: Path, postgres_url: str
) -> None:
    with (
        gunicorn(home, postgres_url, RENTOMATIC_MAX_REQUESTS="10"),
        nginx(home, [home / "socket"]) as port,
    ):
        site = Site(home, port)
        eventually(site.all_count, "both processes count")
        first = site.workers()
        for _ in range(40):
            assert ask(port, "/rooms").status == 200
        eventually(lambda: len(site.workers() - first) > 0, "one is replaced")
        eventually(site.all_count, "both processes count")

        sums = site.scrape()
        names = [file.stem.rpartition("_")[2] for file in counters(site.master, "histogram_*")]
        assert names == ["0", "1"]
        assert sums[REQUESTS] == 40
        assert sums["rentomatic_build_info"] == 1
        assert sums["db_client_connection_max"] <= 2 * POOL_SIZE


def test_nobody_reads_the_metrics_by_way_of_nginx_and_nothing_else_there(site: Site) -> None:
    assert ask(site.port, "/metrics").status == 404
    assert ask(site.port, "/metrics", Host="metrics").status == 404
    assert read(site.home / "metrics", "/rooms").status == 404
    assert read(site.home / "socket").status == 404
    answer = read(site.home / "metrics")
    assert (answer.status, answer.fields["Content-Type"].split(";")[0]) == (200, "text/plain")
    # Two through Nginx and one beside it: who reads the metrics is not counted.
    assert site.scrape()[REQUESTS] == 3


def test_the_folder_of_a_killed_gunicorn_is_replaced_by_the_next(home: Path) -> None:
    # A worker notices the end of its master after half of the request timeout.
    with gunicorn(home, "memory://", RENTOMATIC_REQUEST_TIMEOUT="6"):
        master = int((home / "pid").read_text("utf-8"))
        eventually(lambda: counts(master), "a worker counts")
        left = figures(master) / "left"
        left.touch()
        worker = children(master)[0]
        os.kill(master, signal.SIGKILL)
        eventually(lambda: not Path(f"/proc/{worker}").exists(), "the worker ends")
    assert left.exists()

    with gunicorn(home, "memory://"):
        master = int((home / "pid").read_text("utf-8"))
        eventually(lambda: counts(master), "a worker counts")
        folder = figures(master)
        assert folder == left.parent
        assert not left.exists()
    assert not folder.parent.exists()


@pytest.mark.parametrize(
    ("bind", "arguments"),
    [
        ("127.0.0.1:x", ()),
        ("unix:{home}/metrics", ("--bind", "unix:{home}/only")),
        ("unix:{home}/socket", ()),
    ],
)
def test_metrics_that_nobody_could_read_stop_the_start(
    home: Path, bind: str, arguments: tuple[str, ...]
) -> None:
    result = subprocess.run(
        [*GUNICORN, *(argument.format(home=home) for argument in arguments)],
        env={
            "RENTOMATIC_REPOSITORY": "memory://",
            "RENTOMATIC_GUNICORN_BIND": f"unix:{home / 'socket'}",
            "RENTOMATIC_METRICS_BIND": bind.format(home=home),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )

    assert result.returncode == 1
    assert "RENTOMATIC_METRICS_BIND: " in result.stderr


def test_a_stack_serves_metrics_on_an_address_of_their_own(shell: dict[str, str]) -> None:
    port = free_port()
    settings = {
        "RENTOMATIC_REPOSITORY": "memory://",
        "RENTOMATIC_METRICS_BIND": f"127.0.0.1:{port}",
    }
    with checkout(shell, **settings) as services, services.serving():
        answer = ask(port, "/metrics")

    assert answer.status == 200
    assert b'http_route="/readyz"' in answer.body
