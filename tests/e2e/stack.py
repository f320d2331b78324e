"""A whole stack for tests: started as a user starts it, asked as a client asks it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.programs import PATIENCE_SECONDS, folder, free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What came back: status, header fields, body."""

    status: int
    fields: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        assert self.fields["Content-Type"] == "application/json"
        return json.loads(self.body)


def ask(
    port: int, path: str, method: str = "GET", body: bytes | str | None = None, **fields: str
) -> Answer:
    """Send one request to this machine, and return the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, body, fields)
        response: HTTPResponse = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def eventually(happens: Callable[[], bool], what: str) -> None:
    """Wait until something is so; fail when it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happens():
        if time.monotonic() > deadline:
            pytest.fail(f"never happened: {what}")
        time.sleep(0.05)


@dataclass(frozen=True)
class Checkout:
    """The services of this checkout, with a state, a port and settings of their own."""

    state: Path
    port: int
    environ: dict[str, str]
    prefix: tuple[str, ...] = ()  # before each command

    def start(self, *arguments: str, output: Any = subprocess.PIPE) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            (*self.prefix, sys.executable, "-m", "services.stack", *arguments),
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run one of the services to its end, and return its exit status and output."""
        with self.start(*arguments) as process:
            output, _ = process.communicate(timeout=2 * PATIENCE_SECONDS)
            return process.returncode, output

    def rentomatic(self, *arguments: str) -> tuple[int, str]:
        return self.run("run", "--", "rentomatic", *arguments)

    def token(self, role: str, name: str = "") -> str:
        """Make a token, named like its role or so, and return the header field that shows it."""
        name = name or role
        status, output = self.rentomatic("token", "new", name, "--role", role)
        assert status == 0, output
        return "Bearer " + next(word for word in output.split() if word.startswith(f"{name}."))

    @contextmanager
    def serving(self) -> Iterator["subprocess.Popen[str]"]:
        """Serve while the block runs; afterwards nothing of it may be left."""
        log = self.state / "test.log"
        with log.open("w") as output:
            process = self.start("serve", output=output)
        try:
            eventually(lambda: self.is_ready() or process.poll() is not None, "ready")
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(PATIENCE_SECONDS)
            eventually(lambda: not self.processes(), "every process is gone")

    def is_ready(self) -> bool:
        return self.answer("/readyz") is not None

    def prices(self) -> list[int] | None:
        """Return the prices of all rooms, or None when they are not served."""
        rooms = self.answer("/rooms")
        return rooms and [room["price"] for room in rooms]

    def answer(self, path: str) -> Any:
        """Return the JSON of a path, or None."""
        try:
            answer = ask(self.port, path)
        except (OSError, HTTPException):
            return None
        return answer.json() if answer.status == 200 else None

    def processes(self, name: str = "") -> list[int]:
        """Return the living processes that belong to this state, and have the name in them."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
                about = command + (process / "environ").read_bytes()
            except OSError:
                continue
            if os.fsencode(self.state) in about and name.encode() in command:
                found.append(int(process.name))
        return sorted(found)

    def kill(self, name: str) -> None:
        """Kill the program whose command has the name in it, and wait until there is another."""
        first = self.processes(name)[0]  # its master has the lowest number
        os.kill(first, signal.SIGKILL)
        eventually(lambda: self.processes(name)[:1] not in ([], [first]), f"{name} is back")


@contextmanager
def checkout(shell: Mapping[str, str], **settings: str) -> Iterator[Checkout]:
    """Lend the services, with a test's settings and nothing of the shell's but its programs."""
    with folder() as state:
        port = free_port()
        kept = ("HOME", "PATH", "RENTOMATIC_POSTGRES_BIN")
        environ = {name: shell[name] for name in kept if name in shell}
        environ |= {
            "RENTOMATIC_METRICS_BIND": f"unix:{state}/metrics",
            "RENTOMATIC_PORT": str(port),
            "RENTOMATIC_STATE": str(state),
            **settings,
        }
        yield Checkout(state, port, environ)
