"""Graceful shutdown: readiness, drain delay, requests in progress."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from tests.e2e.stack import Answer, Checkout, ask, checkout, eventually

pytestmark = pytest.mark.integration

LONG = 600  # seconds that no test waits for


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Let every request for rooms wait while the block runs."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE room IN ACCESS EXCLUSIVE MODE")
        yield


def waiting(url: str) -> bool:
    """Say whether a request waits for the rooms."""
    with psycopg.connect(url) as connection:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return connection.execute(query).fetchone() == (1,)


def test_a_request_in_progress_is_answered_before_the_end(
    shell: dict[str, str], postgres_url: str
) -> None:
    patient = {"RENTOMATIC_LOCK_TIMEOUT": "12", "RENTOMATIC_STATEMENT_TIMEOUT": "13"}
    settings = {"RENTOMATIC_REPOSITORY": postgres_url, **patient}
    with (
        checkout(shell, WEB_CONCURRENCY="1", **settings) as services,
        services.serving() as process,
        ThreadPoolExecutor() as pool,
    ):
        with locked(postgres_url):
            answer: Future[Answer] = pool.submit(ask, services.port, "/rooms")
            eventually(lambda: waiting(postgres_url), "the request waits")
            process.terminate()
            time.sleep(5.5)
            assert not answer.done()

        assert answer.result().status == 200
        assert process.wait(10) == 0


def test_a_stop_is_announced_while_requests_go_on_being_served(shell: dict[str, str]) -> None:
    settings = {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_DRAIN_DELAY": "3"}
    with checkout(shell, **settings) as services:
        (services.state / "run").mkdir(mode=0o700)
        (services.state / "run/draining").touch()  # of a stop before
        with services.serving() as process:
            began = time.monotonic()
            process.terminate()
            eventually(lambda: ask(services.port, "/readyz").status == 503, "not ready")

            answer = ask(services.port, "/readyz")
            assert answer.json()["code"] == "draining"
            assert answer.fields["Retry-After"] == "1"
            assert ask(services.port, "/livez").status == 200
            assert ask(services.port, "/rooms").status == 200

            assert process.wait(15) == 0
            assert time.monotonic() - began >= 3


def test_a_second_signal_ends_the_wait(shell: dict[str, str]) -> None:
    settings = {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_DRAIN_DELAY": str(LONG)}
    with checkout(shell, **settings) as services, services.serving() as process:
        process.send_signal(signal.SIGINT)
        eventually(lambda: ask(services.port, "/readyz").status == 503, "not ready")
        process.send_signal(signal.SIGINT)

        assert process.wait(15) == 0


def test_an_operator_takes_a_server_out_by_a_file_of_his_own(shell: dict[str, str]) -> None:
    with checkout(shell, RENTOMATIC_REPOSITORY="memory://") as services:
        file = services.state / "out of service"
        services.environ["RENTOMATIC_DRAIN_FILE"] = os.fspath(file)
        with services.serving():
            file.touch()
            assert ask(services.port, "/readyz").status == 503
            file.unlink()
            assert ask(services.port, "/readyz").status == 200


def test_a_connection_without_a_request_delays_no_stop_for_long(in_memory: Checkout) -> None:
    with (
        in_memory.serving() as process,
        socket.create_connection(("127.0.0.1", in_memory.port)),
    ):
        process.terminate()
        assert process.wait(22) == 0  # less than RENTOMATIC_STOP_TIMEOUT, more than Nginx waits
