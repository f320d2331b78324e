"""gunicorn's settings, for every deployment; its command line overrides them.

This file imports no code of the application: workers inherit the modules of this process, and a
reload has to import new code.
"""

import ctypes
import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http.errors import ParseException
from gunicorn.util import parse_address, write_nonblock
from gunicorn.workers.sync import SyncWorker


def _settings() -> dict[str, int]:
    command = (sys.executable, "-m", "rentomatic.settings")
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode:
        sys.exit(result.returncode)
    found: dict[str, int] = json.loads(result.stdout)
    return found


settings = _settings()


class Worker(SyncWorker):  # type: ignore[misc]
    """A sync worker that closes connections at once, and whose own errors are JSON, not HTML."""

    def handle_request(self, listener: Any, req: Any, client: Any, addr: Any) -> None:
        super().handle_request(listener, req, client, addr)
        # gunicorn waits until Nginx closes the connection. Only unread data could reset it.
        if getattr(req.body.reader, "length", 1) == 0:
            client.close()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        self.log.debug("Invalid request from %s: %s", addr, exc)
        body = b'{"type":"ParametersError","code":"bad_request","message":"Bad Request"}'
        head = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json"
        with suppress(OSError):
            write_nonblock(
                client, f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            )


wsgi_app = "rentomatic_web.wsgi:app"
worker_class = Worker
metrics_bind = os.environ.get("RENTOMATIC_METRICS_BIND", "")
bind = [os.environ.get("RENTOMATIC_GUNICORN_BIND") or "127.0.0.1:8000"]
bind += [metrics_bind] if metrics_bind else []
try:
    parse_address(metrics_bind)
except RuntimeError as error:
    sys.exit(f"RENTOMATIC_METRICS_BIND: {error}")

workers = settings["workers"]
# Requests that can still be answered within Nginx's timeout, if each worker serves one per second;
# further ones get 503 at once.
backlog = workers * settings["request_timeout"]
# Replaces workers, so that memory leaks stay small; at random, so that not all restart at once.
max_requests = settings["max_requests"]
max_requests_jitter = max_requests // 10

# A reload must load new code, and connections must not be shared across a fork.
preload_app = False
# On a disk, a slow heartbeat would end a worker.
MEMORY = "/dev/shm"  # nosec B108 # noqa: S108 (private files and folders)
worker_tmp_dir = MEMORY if os.access(MEMORY, os.W_OK) else None
control_socket_disable = True

# Workers share the memory of this process until one of them writes to it, and garbage collection
# writes to every object that is not frozen.
gc.freeze()
# glibc returns free memory to the system above this size. Without a fixed size, it keeps twice the
# size of the largest block that was ever freed, such as an index of the codes of an import.
MALLOPT_TRIM_THRESHOLD, KEPT_BYTES = -1, 2**20
with suppress(AttributeError):  # another C library
    ctypes.CDLL(None).mallopt(MALLOPT_TRIM_THRESHOLD, KEPT_BYTES)

timeout = settings["request_timeout"]
graceful_timeout = settings["request_timeout"]

# Nginx enforces the limits; these are gunicorn's maximum.
limit_request_line = 8190
limit_request_field_size = 16380
limit_request_fields = 32768
permit_unconventional_http_method = True
# The application reads the scheme from X-Forwarded-Proto, which Nginx sets.
secure_scheme_headers: dict[str, str] = {}

# Files that the workers share: metrics, heavy reads and their results, and whether one has served.
RUNTIME = "GUNICORN_RUNTIME_DIR"
# Folder in which each worker that serves has a file; a reload waits for them.
WORKERS = os.environ.get("STACK_WORKERS", "")
BOOT_TIMEOUT_SECONDS = 10
BOOT_PAUSE_SECONDS = 5


def when_ready(server: Any) -> None:
    """Create the shared folder; after listening, so that a second gunicorn cannot remove it."""
    if metrics_bind:
        _check_metrics_bind(server)
    if RUNTIME in os.environ:  # set by the gunicorn that this one replaces (SIGUSR2)
        return
    name = f"rentomatic-{os.getuid()}-{sha256(str(server.cfg.bind).encode()).hexdigest()[:16]}"
    folder = Path(worker_tmp_dir or tempfile.gettempdir(), name)
    try:
        shutil.rmtree(folder, ignore_errors=True)  # left by a killed gunicorn
        folder.mkdir(0o700)
        os.chown(folder, server.cfg.uid, server.cfg.gid)
        os.environ[RUNTIME] = str(folder)
    except OSError as error:
        server.log.error("Metrics are incomplete: %s cannot be created (%s)", folder, error)


def _check_metrics_bind(server: Any) -> None:
    if list(server.cfg.address).count(parse_address(metrics_bind)) != 1:
        sys.exit(
            "RENTOMATIC_METRICS_BIND: gunicorn does not listen there, or listens twice (--bind"
            " replaces both addresses: use RENTOMATIC_GUNICORN_BIND)"
        )


def on_exit(server: Any) -> None:
    """Remove the shared folder, unless the gunicorn that replaces this one (SIGUSR2) uses it."""
    if RUNTIME in os.environ and not server.reexec_pid:
        shutil.rmtree(os.environ[RUNTIME], ignore_errors=True)


def on_reload(server: Any) -> None:
    """Record the age of the last new worker, for pre_fork."""
    server.last_of_reload = server.worker_age + server.num_workers


def pre_fork(server: Any, worker: Any) -> None:
    """Wait for the other new workers: gunicorn stops the old ones when the last is forked."""
    if not WORKERS or worker.age != getattr(server, "last_of_reload", None):
        return
    oldest = worker.age - server.num_workers
    new = [str(pid) for pid, other in server.WORKERS.items() if other.age > oldest]
    deadline = time.monotonic() + BOOT_TIMEOUT_SECONDS
    while not all(Path(WORKERS, pid).exists() for pid in new) and time.monotonic() < deadline:
        time.sleep(0.02)


def post_worker_init(worker: Any) -> None:
    """Exempt the application from garbage collection, and record that this worker has served."""
    gc.collect()
    gc.freeze()
    if RUNTIME in os.environ:
        Path(os.environ[RUNTIME], "served").touch()
    if WORKERS:
        Path(WORKERS, str(worker.pid)).touch()


def pre_request(worker: Any, _request: Any) -> None:
    """Start the request's timeout: the last heartbeat was up to half of it ago."""
    worker.notify()


def worker_abort(_worker: Any) -> None:
    """At the timeout, exit without a response, so that Nginx sends 503."""
    os._exit(1)


def worker_exit(_server: Any, worker: Any) -> None:
    """If a worker has served, retry a failed boot after a pause; otherwise gunicorn exits."""
    if worker.booted or not Path(os.environ.get(RUNTIME, ""), "served").is_file():
        return
    pause = min(BOOT_PAUSE_SECONDS, timeout / 2)
    worker.log.error("The worker cannot boot. The next attempt is in %s s", pause)
    deadline = time.monotonic() + pause
    while worker.alive and time.monotonic() < deadline:
        time.sleep(0.1)
    logging.shutdown()
    os._exit(1)


def child_exit(_server: Any, worker: Any) -> None:
    """Record that the worker no longer serves."""
    if WORKERS:
        Path(WORKERS, str(worker.pid)).unlink(missing_ok=True)


class JSONFormatter(logging.Formatter):
    """Writes the lines of gunicorn's own process like those of the application."""

    def format(self, record: logging.LogRecord) -> str:
        time_ = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": time_,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "worker": record.process,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, separators=(",", ":"))


class JSONLogger(Logger):  # type: ignore[misc]
    """Logs to standard output as JSON; the application logs the requests."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setStream(sys.stdout)
            handler.setFormatter(JSONFormatter())


logger_class = JSONLogger
