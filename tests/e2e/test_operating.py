"""The stack is stopped, and gets new settings, while clients ask it."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.e2e.stack import ROOT, Checkout, ask, checkout, eventually

pytestmark = pytest.mark.integration

CLIENTS = 8


def settings_file(folder: Path, **settings: str) -> None:
    """Write the settings' file `development` of a folder."""
    pairs = [{"name": name, "value": value} for name, value in settings.items()]
    (folder / "development.json").write_text(json.dumps(pairs), "utf-8")


def test_a_reload_brings_new_settings_and_drops_no_request(
    shell: dict[str, str], tmp_path: Path
) -> None:
    settings_file(tmp_path, RENTOMATIC_EXPORT_LIMIT="3", WEB_CONCURRENCY="2")
    with checkout(shell, APPLICATION_CONFIG_PATH=str(tmp_path)) as services, services.serving():
        over = Event()

        def statuses(_client: int) -> list[int]:
            found = []
            while not over.is_set():
                found.append(ask(services.port, "/rooms").status)
            return found

        assert ask(services.port, "/rooms/export").status == 422
        with ThreadPoolExecutor(CLIENTS) as clients:
            running = [clients.submit(statuses, number) for number in range(CLIENTS)]
            settings_file(tmp_path, RENTOMATIC_EXPORT_LIMIT="4", WEB_CONCURRENCY="3")
            first, second = services.run("reload"), services.run("reload")
            over.set()
            answered = [status for each in running for status in each.result()]

        assert (first[0], second[0]) == (0, 0)
        assert "3 new processes serve" in first[1]
        assert len(answered) > 100
        assert set(answered) == {200}
        assert ask(services.port, "/rooms/export").status == 200


def test_what_would_not_start_is_not_loaded(shell: dict[str, str], tmp_path: Path) -> None:
    settings_file(tmp_path, WEB_CONCURRENCY="2")
    with (
        checkout(
            shell, APPLICATION_CONFIG_PATH=str(tmp_path), RENTOMATIC_REPOSITORY="memory://"
        ) as services,
        services.serving(),
    ):
        settings_file(tmp_path, WEB_CONCURRENCY="two")

        status, output = services.run("reload")

        assert status == 2
        assert "WEB_CONCURRENCY" in output
        assert services.is_ready()


def test_without_a_stack_there_is_nothing_to_reload(in_memory: Checkout) -> None:
    status, output = in_memory.run("reload")

    assert (status, output) == (1, "The stack is down: there is nothing to reload\n")


def test_before_a_stop_the_stack_says_so_and_goes_on(shell: dict[str, str]) -> None:
    settings = {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_DRAIN_DELAY": "3"}
    with checkout(shell, **settings) as services, services.serving() as stack:
        stack.send_signal(signal.SIGTERM)

        eventually(lambda: ask(services.port, "/readyz").status == 503, "not ready")
        answer = ask(services.port, "/readyz")
        assert answer.json()["message"] == "The service is about to stop"
        assert ask(services.port, "/livez").status == 200
        assert ask(services.port, "/rooms").status == 200
        stack.send_signal(signal.SIGTERM)
        began = time.monotonic()
        stack.wait(20)
        assert time.monotonic() - began < 3


def test_a_terminal_shows_a_log_for_people(in_memory: Checkout) -> None:
    reader, terminal = pty.openpty()
    stack = subprocess.Popen(
        (sys.executable, "-m", "services.stack", "serve"),
        cwd=ROOT,
        env=in_memory.environ,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        shown = b""
        while b"GET /readyz 200" not in shown:
            shown += os.read(reader, 4096)
        assert b"INFO" in shown
        assert b'"level"' not in shown
    finally:
        stack.terminate()
        stack.wait(30)
        os.close(reader)
        eventually(lambda: not in_memory.processes(), "every process is gone")
