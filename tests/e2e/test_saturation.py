"""An overloaded stack responds with 503 at once."""

import os
import socket
import time
from contextlib import ExitStack

import pytest

from tests.e2e.stack import Checkout, ask, checkout, eventually

pytestmark = pytest.mark.integration


def occupy(services: Checkout, held: ExitStack) -> None:
    """Give gunicorn clients that ask nothing, until it takes no more."""
    refusals = 0
    while refusals < 3:
        client = held.enter_context(socket.socket(socket.AF_UNIX))
        client.setblocking(False)
        if client.connect_ex(os.fspath(services.state / "run/gunicorn.sock")):
            refusals += 1
            time.sleep(0.2)  # one that was waiting may have got its turn


def test_who_finds_a_full_queue_is_told_at_once_to_come_again(shell: dict[str, str]) -> None:
    settings = {"RENTOMATIC_REPOSITORY": "memory://", "GUNICORN_CMD_ARGS": "--backlog 2"}
    with checkout(shell, **settings) as services, services.serving():
        with ExitStack() as held:
            occupy(services, held)
            began = time.monotonic()
            answers = [ask(services.port, "/rooms") for _ in range(5)]
            took = time.monotonic() - began

        assert [answer.status for answer in answers] == [503] * 5
        assert {answer.fields["Retry-After"] for answer in answers} == {"1"}
        assert {answer.json()["type"] for answer in answers} == {"SystemError"}
        assert took < 5
        eventually(lambda: services.answer("/rooms") is not None, "there is room again")
