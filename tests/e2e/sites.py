"""gunicorn and Nginx without the stack around them, and servers in the place of gunicorn."""

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from threading import Thread
from typing import Any

from tests.e2e.stack import ROOT
from tests.programs import PATIENCE_SECONDS, running
from tests.servers import listens

GUNICORN = (sys.executable, "-m", "gunicorn", "-c", str(ROOT / "services/gunicorn.conf.py"))


@contextmanager
def gunicorn(home: Path, name: str, repository: str, **settings: str) -> Iterator[Path]:
    """Run gunicorn with one worker, and yield its socket, `home / name`.

    The settings are given by the names of the environment. The log is `home / NAME.log`, and the
    process id is in `home / NAME.pid`.
    """
    path = home / name
    environ = {"RENTOMATIC_REPOSITORY": repository, "WEB_CONCURRENCY": "1", **settings}
    command = [*GUNICORN, "--bind", f"unix:{path}", "--pid", str(home / f"{name}.pid")]
    ready = lambda: listens(str(path))  # noqa: E731
    with running(command, home / f"{name}.log", ready, environ=environ):
        yield path


def workers(pid_file: Path) -> list[int]:
    """Return the process ids of the workers of a gunicorn with that pid file."""
    master = int(pid_file.read_text("utf-8"))
    children = Path(f"/proc/{master}/task/{master}/children").read_text("utf-8")
    return sorted(map(int, children.split()))


def memory_of(process: int) -> dict[str, float]:
    """Return the sizes of a process in MiB, by their names in /proc/PID/smaps_rollup: Pss, Rss."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("utf-8").splitlines()[1:]
    sizes = (line.removesuffix(" kB").split(":") for line in lines)
    return {name: int(size) / 1024 for name, size in sizes}


class Mirror(BaseHTTPRequestHandler):
    """Responds with the header fields of the request."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""

    def address_string(self) -> str:
        return ""


@contextmanager
def mirror(home: Path) -> Iterator[Path]:
    """Run a mirror in the place of gunicorn, and yield its socket."""
    path = home / "mirror"
    with ThreadingUnixStreamServer(os.fspath(path), Mirror) as server, ExitStack() as stack:
        stack.callback(server.shutdown)
        Thread(target=server.serve_forever, args=(0.05,)).start()
        yield path


def exchange(port: int, text: bytes) -> bytes:
    """Send these bytes, and return all bytes of the response."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as client:
        client.sendall(text)
        return b"".join(iter(lambda: client.recv(65536), b""))


def exchange_json(port: int, text: bytes) -> tuple[int, dict[str, object]]:
    """Send these bytes, and return the status and the body of the response."""
    head, _, body = exchange(port, text).partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower(), head
    return int(head.split()[1]), json.loads(body)


def sleeping(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI application that responds after as many seconds as the path says."""
    time.sleep(float(environ["PATH_INFO"][1:]))
    start("200 OK", [("Content-Length", "0")])
    return [b""]
