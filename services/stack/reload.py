"""Loads new code and settings into the running stack."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault  # nosec B411 (of the stack's own supervisord)

from supervisor.options import ClientOptions

from rentomatic.settings.settings import Settings, load
from services.stack.render import GUNICORN, nginx_command, write_nginx
from services.stack.state import ROOT, State, lock_exclusive, lock_file, running_stack

BOOT_TIMEOUT_SECONDS = 30


def reload(state: State) -> int:
    """Replace the workers of gunicorn and Nginx, and wait until the old gunicorn workers stop.

    Exits before it changes anything if gunicorn or Nginx would reject the new code or settings.
    """
    if not running_stack(state):
        raise SystemExit("The stack is not running: start it with `just up`")
    with lock_file(state.run / "reload") as lock:
        lock_exclusive(lock)
        try:
            count = _reload(state)
        except (OSError, HTTPException, Fault) as error:
            raise SystemExit(f"The stack is starting or stopping, retry later: {error}") from None
    print(f"Reloaded: {count} new workers serve, the old ones have stopped")
    return 0


def _reload(state: State) -> int:
    """Reload the programs, and return the number of new gunicorn workers."""
    server = _supervisord(state)
    supervisor = server.supervisor
    gunicorn: int = supervisor.getProcessInfo("gunicorn")["pid"]
    # The environment of this shell may differ from that of the stack.
    environ: dict[str, str] = json.loads(server.stack.get())
    settings = load(environ, embedded=state.run)
    _check_gunicorn(state, environ)
    _check_nginx(state, settings)
    old_workers = _children(gunicorn)
    supervisor.signalProcess("gunicorn", "HUP")
    timeout = BOOT_TIMEOUT_SECONDS + settings.request_timeout
    count = _wait_for_new_workers(state, gunicorn, old_workers, timeout)
    write_nginx(state.run / "nginx", settings, state, [state.gunicorn_socket])
    supervisor.signalProcess("nginx", "HUP")
    return count


def _supervisord(state: State) -> Any:
    """Return an XML-RPC client of the stack's supervisord."""
    options = ClientOptions()
    options.realize(["--configuration", str(state.run / "supervisord.conf")], doc=__doc__)
    return options.getServerProxy()


def _check_gunicorn(state: State, environ: Mapping[str, str]) -> None:
    """Exit with gunicorn's error message if it rejects the new code or settings."""
    state.gunicorn_socket.stat()  # SIGHUP would end a gunicorn that does not listen yet
    _check((*GUNICORN, "--check-config"), "gunicorn rejects the new code or settings", environ)


def _check_nginx(state: State, settings: Settings) -> None:
    """Exit with Nginx's error message if it rejects the new configuration."""
    folder = state.run / "nginx.new"
    try:
        file = write_nginx(folder, settings, state, [state.gunicorn_socket])
        _check((*nginx_command(file), "-t"), "Nginx rejects its new configuration", os.environ)
    finally:
        shutil.rmtree(folder)


def _check(command: tuple[str, ...], failure: str, environ: Mapping[str, str]) -> None:
    result = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        raise SystemExit(f"{result.stdout.strip()}\n{failure}: nothing was reloaded")


def _wait_for_new_workers(state: State, gunicorn: int, old: set[int], timeout: int) -> int:
    """Wait until all children of gunicorn are new and serve, and return their number."""
    deadline = time.monotonic() + timeout
    while not _all_serve(state, workers := _children(gunicorn), old):
        if not Path(f"/proc/{gunicorn}").exists():
            raise SystemExit("gunicorn has exited; see its log")
        if time.monotonic() > deadline:
            raise SystemExit(f"The new workers do not serve after {timeout} s; see the log")
        time.sleep(0.05)
    return len(workers)


def _all_serve(state: State, workers: set[int], old: set[int]) -> bool:
    serving = {int(file.name) for file in state.workers.iterdir()}
    return bool(workers) and workers <= serving and workers.isdisjoint(old)


def _children(parent: int) -> set[int]:
    return {
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if _parent(stat) == parent
    }


def _parent(stat: Path) -> int | None:
    try:
        # The command before it, in parentheses, may contain spaces and parentheses.
        return int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None
