"""gunicorn's settings, for every way to deploy it; its command line wins."""

import json
import logging
import mmap
import os
import sys
import tempfile
import time
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from socket import socket
from typing import Any

from gunicorn import util
from gunicorn.glogging import Logger

from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import load
from rentomatic_web.metrics import slots
from rentomatic_web.metrics.endpoint import place_of
from rentomatic_web.middleware.logs import logging_config

try:
    settings = load(os.environ)
except InvalidRequest as error:
    sys.exit(str(error))

# Where each process that serves has a file; a reload and services/stack wait for it.
WORKERS = os.environ.get("STACK_WORKERS", "")
BOOT_PATIENCE = 10  # seconds

SERVED, FAILURES = 0, 1  # bytes of the shared file
LONGEST_PAUSE = 5  # 2^5 seconds


def _shared_file() -> int:
    """Return the descriptor of a file without a name, which workers inherit and a reload keeps.

    Workers lock bytes of it to limit heavy reads. Its first bytes tell whether a worker has
    served, and how many boots have failed since.
    """
    descriptor, _, inode = os.environ.get("GUNICORN_SHARED_FILE", "").partition(":")
    with suppress(ValueError, OSError):
        if os.fstat(int(descriptor)).st_ino == int(inode):
            return int(descriptor)
    if hasattr(os, "memfd_create"):
        found = os.memfd_create("rentomatic")
    else:
        found, name = tempfile.mkstemp()
        Path(name).unlink()
    os.ftruncate(found, mmap.PAGESIZE)
    os.environ["GUNICORN_SHARED_FILE"] = f"{found}:{os.fstat(found).st_ino}"
    return found


boots = mmap.mmap(_shared_file(), mmap.PAGESIZE)

wsgi_app = "rentomatic_web.wsgi:app"
worker_class = "sync"
# The application answers with the metrics on the second one, and nothing else there.
metrics_bind = os.environ.get("RENTOMATIC_METRICS_BIND", "")
bind = [os.environ.get("RENTOMATIC_GUNICORN_BIND") or "127.0.0.1:8000"]
bind += [metrics_bind] if metrics_bind else []
try:
    util.parse_address(metrics_bind)
except RuntimeError as error:
    sys.exit(f"RENTOMATIC_METRICS_BIND: {error}")

workers = settings.workers
# So many may wait, and the next one is told at once: when every process is at a statement of full
# length, the last in the queue is answered in time if each then does one request a second.
backlog = settings.workers * (settings.proxy_timeout - settings.statement_timeout)
# Whatever a process collects over time is gone with it; by chance, so that not all go at once.
max_requests = settings.max_requests
max_requests_jitter = settings.max_requests // 10

# A reload must load new code, and connections must not be made before the fork.
preload_app = False
# Heartbeats on a disk would stop a worker whenever the disk is slow.
MEMORY = "/dev/shm"  # nosec B108 # noqa: S108 (gunicorn makes files without names in it)
worker_tmp_dir = MEMORY if os.access(MEMORY, os.W_OK) else None
control_socket_disable = True

# A database that hangs holds nobody for ever; what has begun may end before a stop.
timeout = settings.request_timeout
graceful_timeout = settings.request_timeout

# Nginx bounds what it passes on; to be stricter than Nginx only splits the rules.
limit_request_line = 8190
limit_request_field_size = 16380
limit_request_fields = 32768
permit_unconventional_http_method = True
# The application reads the scheme of X-Forwarded-Proto, which Nginx sets, and nothing else.
secure_scheme_headers: dict[str, str] = {}


def _check_bind(server: Any) -> None:
    """End with a line when the metrics could not be read, or not be told from everything else."""
    places = [place_of(address) for address in server.cfg.address]
    if places.count(place_of(util.parse_address(metrics_bind))) != 1:
        sys.exit(
            "RENTOMATIC_METRICS_BIND: gunicorn listens there not at all or twice "
            "(--bind takes the place of both addresses: name them by RENTOMATIC_GUNICORN_BIND)"
        )


def on_starting(server: Any) -> None:
    """Make what the processes need to count together."""
    if metrics_bind:
        _check_bind(server)
        slots.make_folder(server, worker_tmp_dir)


def on_reload(server: Any) -> None:
    """Note which process is the last that this reload starts."""
    server.last_of_reload = server.worker_age + server.num_workers


def pre_fork(server: Any, worker: Any) -> None:
    """Choose where the worker counts, and let the other new ones serve before the last starts."""
    if metrics_bind:
        slots.reserve(server, worker)
    if WORKERS and worker.age == getattr(server, "last_of_reload", None):
        _await_others(server, worker.age - server.num_workers)


def _await_others(server: Any, oldest: int) -> None:
    """Wait until younger processes serve: when the last one has started, the old ones go."""
    deadline = time.monotonic() + BOOT_PATIENCE
    new = [str(pid) for pid, other in server.WORKERS.items() if other.age > oldest]
    while not all(Path(WORKERS, pid).exists() for pid in new) and time.monotonic() < deadline:
        time.sleep(0.02)


def post_fork(_server: Any, worker: Any) -> None:
    """Count there, from before the application is made."""
    if metrics_bind:
        slots.enter(worker)


def post_worker_init(worker: Any) -> None:
    """Say that this process serves, to those who wait for it."""
    boots[SERVED], boots[FAILURES] = 1, 0
    if WORKERS:
        Path(WORKERS, str(worker.pid)).touch()


def pre_request(worker: Any, _request: Any) -> None:
    """Start the time limit of the request: a worker that waited reported up to half of it ago."""
    worker.notify()


def worker_abort(_worker: Any) -> None:
    """End without a response at the time limit of a request: Nginx answers 503, gunicorn 500."""
    os._exit(1)


def worker_exit(_server: Any, worker: Any) -> None:
    """End a worker that cannot boot after a pause, and not by the status that stops gunicorn.

    gunicorn stops all workers if one cannot boot; that is right only before any has served.
    """
    if worker.booted or not boots[SERVED]:
        return
    boots[FAILURES] = min(boots[FAILURES] + 1, LONGEST_PAUSE)
    pause = min(2 ** boots[FAILURES], timeout / 2)
    worker.log.error("The worker cannot boot. The next attempt is in %s s", pause)
    deadline = time.monotonic() + pause
    while worker.alive and time.monotonic() < deadline:
        time.sleep(0.1)
    logging.shutdown()
    os._exit(1)


def child_exit(_server: Any, worker: Any) -> None:
    """Keep what the worker has counted, and forget what it had and that it served."""
    if metrics_bind:
        slots.leave(worker)
    if WORKERS:
        Path(WORKERS, str(worker.pid)).unlink(missing_ok=True)


def on_exit(_server: Any) -> None:
    """Leave nothing behind."""
    if metrics_bind:
        slots.remove_folder()


accesslog = None
logconfig_dict = logging_config()


class ServerLogger(Logger):  # type: ignore[misc]
    """What gunicorn itself has to say; the application logs its requests."""

    def access(self, *_details: object) -> None:
        """Write nothing: with a logconfig_dict, gunicorn would compose a line for nobody."""


logger_class = ServerLogger


def _write_error(client: socket, status: int, reason: str, _details: str) -> None:
    """Refuse what is no HTTP in the shape of every other error; the log has the details."""
    kind = "SystemError" if status >= 500 else "ParametersError"
    code = HTTPStatus(status).name.lower()
    body = json.dumps({"type": kind, "code": code, "message": reason}).encode()
    fields = (
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    head = "\r\n".join([f"HTTP/1.1 {status} {reason}", *fields, "", ""])
    util.write_nonblock(client, head.encode("latin-1") + body)


# There is no setting for it, and the original writes HTML.
util.write_error = _write_error

# Processes are forked from here, and would find the code of the start where they import theirs.
# What counts stays: it has been told of the process before that imports anything.
KEPT = {*sys.stdlib_module_names, "gunicorn", "prometheus_client"}
for name in [*sys.modules]:
    if name.partition(".")[0] not in KEPT and not name.startswith("_"):
        del sys.modules[name]
