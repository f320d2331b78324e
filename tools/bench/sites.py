"""Runs the product or a rival: two processes behind Nginx."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.e2e.stack import ROOT
from tests.programs import folder, running
from tests.servers import listens, nginx

RIVALS, PYTHON = ROOT / "tools/bench/rivals", ROOT / ".cache/bench/bin/python"
# Arguments with {home} for a folder in memory. Each command listens on the socket {home}/app.
GUNICORN = (
    *(str(PYTHON), "-m", "gunicorn", "--no-control-socket", "--pythonpath", str(RIVALS)),
    *("--worker-tmp-dir", "{home}", "--bind", "unix:{home}/app"),
)
UVICORN = (
    *(str(PYTHON), "-m", "uvicorn", "--app-dir", str(RIVALS)),
    *("--no-access-log", "--log-level", "warning", "--uds", "{home}/app"),
)
COMMANDS = {
    "ours": (sys.executable, "-m", "gunicorn", "-c", str(ROOT / "services/gunicorn.conf.py")),
    "fastapi": (*UVICORN, "fastapi_:application"),
    "bare": (*GUNICORN, "bare:application"),
    "drf": (*GUNICORN, "drf:application"),
}


class Site(NamedTuple):
    """A running site: the port of Nginx, and the process id of the application's master."""

    port: int
    pid: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def site(name: str, url: str) -> Iterator[Site]:
    """Serve the database `url` with one of COMMANDS."""
    with folder() as home:
        socket = home / "app"
        environ = {
            "RENTOMATIC_GUNICORN_BIND": f"unix:{socket}",
            "RENTOMATIC_METRICS_BIND": f"unix:{home}/metrics",
            "RENTOMATIC_REPOSITORY": url,
            "WEB_CONCURRENCY": "2",
        }
        command = [part.format(home=home) for part in COMMANDS[name]]
        log = home / "app.log"
        with (
            running(command, log, lambda: listens(str(socket)), environ=environ) as pid,
            nginx(home, [socket]) as port,
        ):
            yield Site(port, pid)
