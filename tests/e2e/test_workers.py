"""gunicorn's processes: their time limit, those that cannot boot, and a full /dev/shm."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.e2e.sites import GUNICORN, workers
from tests.e2e.stack import ROOT, Answer, ask, eventually
from tests.programs import free_port, running
from tests.servers import listens, nginx

pytestmark = pytest.mark.integration

# Memory has one process, and this database is not asked.
NOWHERE = "postgresql://u@/x?host=/nowhere"
LIMITS = {
    "RENTOMATIC_LOCK_TIMEOUT": "1",
    "RENTOMATIC_STATEMENT_TIMEOUT": "2",
    "RENTOMATIC_REQUEST_TIMEOUT": "3",
}


@contextmanager
def gunicorn(home: Path, *arguments: str, **settings: str) -> Iterator[Path]:
    """Run a gunicorn with two processes, and yield its socket."""
    path = home / "socket"
    environ = {
        "RENTOMATIC_REPOSITORY": "memory://",
        "RENTOMATIC_GUNICORN_BIND": f"unix:{path}",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    command = [*GUNICORN, "--pid", str(home / "pid"), *arguments]
    with running(command, home / "log", lambda: listens(str(path)), environ=environ):
        yield path


def test_a_request_has_its_whole_time_after_an_idle_time(home: Path) -> None:
    application = ("--workers", "1", "tests.e2e.sites:sleeping")
    with (
        gunicorn(home, *application, **LIMITS) as path,
        nginx(home, [path], **LIMITS) as port,
    ):
        first = workers(home / "pid")
        for idle in (0.4, 1.0, 1.4):
            time.sleep(idle)
            assert ask(port, "/2.4").status == 200, idle
        assert workers(home / "pid") == first

        began = time.monotonic()
        late = ask(port, "/60")
        assert time.monotonic() - began < 15
        assert (late.status, late.fields["Retry-After"]) == (503, "1")
        eventually(lambda: ask(port, "/0").status == 200, "another worker serves")


@pytest.mark.parametrize("cause", ["key", "package"])
def test_a_worker_that_cannot_boot_is_tried_again_while_others_serve(
    home: Path, cause: str
) -> None:
    """Once all stopped: gunicorn takes one worker that cannot boot for a broken application."""
    key, package = home / "key", home / "broken/orjson.py"
    key.write_text("k" * 40, "utf-8")
    settings = {"RENTOMATIC_SECRET_KEY_FILE": str(key), "WEB_CONCURRENCY": "2"}
    package.parent.mkdir()
    settings |= {"PYTHONPATH": f"{package.parent}:{ROOT}"}
    with (
        gunicorn(home, RENTOMATIC_REPOSITORY=NOWHERE, **settings) as path,
        nginx(home, [path]) as port,
    ):
        eventually(lambda: log(home).count("Booting worker") == 2, "two workers boot")
        eventually(lambda: answers(port, 20), "both workers serve")
        if cause == "key":
            key.rename(home / "moved")
        else:
            package.write_text("import nothing_of_this_name", "utf-8")
        os.kill(workers(home / "pid")[-1], signal.SIGKILL)
        eventually(lambda: log(home).count("cannot boot") >= 2, "it is tried again")
        assert answers(port, 20)

        if cause == "key":
            (home / "moved").rename(key)
        else:
            package.unlink()
        booted = log(home).count("Booting worker")
        eventually(lambda: log(home).count("Booting worker") > booted, "it is tried again")
        assert answers(port, 20)


def test_workers_of_a_reload_share_what_those_before_them_shared(home: Path) -> None:
    with (
        gunicorn(home, RENTOMATIC_REPOSITORY=NOWHERE, WEB_CONCURRENCY="2") as path,
        nginx(home, [path]) as port,
    ):
        eventually(lambda: answers(port, 20), "both workers serve")
        before = shared_files(home)
        first = workers(home / "pid")
        os.kill(int((home / "pid").read_text("utf-8")), signal.SIGHUP)
        eventually(lambda: not set(workers(home / "pid")) & set(first), "others serve")
        eventually(lambda: answers(port, 20), "both workers serve")

        assert len(before) == 1
        assert shared_files(home) == before


def shared_files(home: Path) -> set[int]:
    """Return the inodes of the files in which workers lock the slots of heavy reads."""
    inodes = set()
    for pid in workers(home / "pid"):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # the worker has closed the descriptor
                if link.readlink().name == "heavy-reads":
                    inodes.add(link.stat().st_ino)
    return inodes


def test_an_application_that_has_never_served_stops_at_once(home: Path) -> None:
    command = [*GUNICORN, "rentomatic_web.nothing:app"]
    environ = {
        "RENTOMATIC_REPOSITORY": "memory://",
        "RENTOMATIC_GUNICORN_BIND": f"unix:{home / 'socket'}",
    }
    result = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=30, check=False
    )

    assert result.returncode != 0
    assert "rentomatic_web.nothing" in result.stdout + result.stderr


def log(home: Path) -> str:
    return (home / "log").read_text("utf-8")


def answers(port: int, times: int) -> bool:
    return {ask(port, "/livez").status for _ in range(times)} == {200}


def test_a_full_shared_memory_takes_the_metrics_and_not_the_service() -> None:
    """Mapped files on a full file system once ended every worker by SIGBUS."""
    with tempfile.TemporaryDirectory(prefix="full-") as name, small_shm(Path(name)) as master:
        home = Path(name)
        port = int((home / "port").read_text("utf-8"))
        assert answers(port, 5)
        enter = ("nsenter", "--target", str(master), "--mount")
        fill = "dd if=/dev/zero of=/dev/shm/full bs=4k; rm -f /dev/shm/none; true"
        subprocess.run((*enter, "sh", "-c", fill), check=True, capture_output=True)
        before = set(workers(home / "pid"))
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            for path in ("/rooms", "/rooms/facets", "/nowhere", "/", "/docs", "/sign-in"):
                assert said(port, path, method).status not in (500, 502)
        # A new worker finds no room for its files, and serves.
        os.kill(min(before), signal.SIGKILL)
        eventually(lambda: len(set(workers(home / "pid")) - before) == 1, "another worker boots")
        assert answers(port, 20)
        assert log(home).count("Metrics are incomplete") <= 1
        assert "SIGBUS" not in log(home)


def said(port: int, path: str, method: str) -> Answer:
    try:
        return ask(port, path, method, b"")
    except (OSError, HTTPException) as error:
        pytest.fail(f"{method} {path}: {error!r}")


@contextmanager
def small_shm(home: Path) -> Iterator[int]:
    """Run a gunicorn whose /dev/shm has 8 MiB, and yield its process id."""
    private = ("unshare", "--mount", "sh", "-c")
    mount = "mount -t tmpfs -o size=8m tmpfs /dev/shm"
    if subprocess.run((*private, mount), capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    port = free_port()
    (home / "port").write_text(str(port), "utf-8")
    environ = {
        **{name: os.environ[name] for name in ("PATH",) if name in os.environ},
        "RENTOMATIC_REPOSITORY": NOWHERE,
        "RENTOMATIC_GUNICORN_BIND": f"127.0.0.1:{port}",
        "RENTOMATIC_METRICS_BIND": f"unix:{home}/metrics",
        "RENTOMATIC_SECRET_KEY": "k" * 40,
        "WEB_CONCURRENCY": "2",
    }
    serve = " ".join((*GUNICORN, "--pid", str(home / "pid")))
    ready = lambda: listens(("127.0.0.1", port)) and len(workers(home / "pid")) == 2  # noqa: E731
    command = [*private, f"{mount} && exec {serve}"]
    with running(command, home / "log", ready, environ=environ):
        yield int((home / "pid").read_text("utf-8"))
