"""New code and settings for a stack that goes on serving."""

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

from rentomatic.settings import settings
from rentomatic.settings.settings import Settings
from services.stack import rendering
from services.stack.locks import lock_file, take
from services.stack.presence import running
from services.stack.site import nginx_command
from services.stack.state import ROOT, State

BOOT_PATIENCE = 30  # seconds that the new processes may take to start


def reload(state: State) -> int:
    """Replace what serves, and return when only new processes do.

    What would not start is refused while nothing has changed yet: gunicorn would end over it.
    """
    if not running(state):
        raise SystemExit("The stack is down: `just up` starts it")
    with lock_file(state.run / "reload") as lock:
        take(lock)
        try:
            print(f"{_reload(state)} new processes serve, and the old ones are gone")
        except (OSError, HTTPException, Fault) as error:
            raise SystemExit(
                f"The stack cannot reload now, as it starts or stops: {error}"
            ) from None
    return 0


def _reload(state: State) -> int:
    server = _server(state)
    supervisor = server.supervisor
    gunicorn: int = supervisor.getProcessInfo("gunicorn")["pid"]
    # Not those of now in this shell, which may be others.
    environ: dict[str, str] = json.loads(server.stack.get())
    chosen = settings.load(environ, embedded=state.run)
    _check_gunicorn(state, environ)
    _check_nginx(state, chosen)
    before = _children(gunicorn)
    supervisor.signalProcess("gunicorn", "HUP")
    count = _await_others(state, gunicorn, before, BOOT_PATIENCE + chosen.request_timeout)
    rendering.write_site(state.run / "nginx", state, chosen)
    supervisor.signalProcess("nginx", "HUP")
    return count


def _server(state: State) -> Any:
    """Return what supervisord does for whoever asks it on its socket."""
    options = ClientOptions()
    options.realize(["--configuration", str(state.run / "supervisord.conf")], doc=__doc__)
    return options.getServerProxy()


def _check_gunicorn(state: State, environ: Mapping[str, str]) -> None:
    """End with what is wrong when gunicorn would not start with the code and settings of now."""
    state.gunicorn.stat()  # before it listens, a signal would end it
    command = (*rendering.GUNICORN, "--check-config")
    _expect(command, "The new code or settings do not start", environ)


def _check_nginx(state: State, chosen: Settings) -> None:
    """End with what is wrong when Nginx would not take the configuration."""
    folder = state.run / "nginx.new"
    try:
        frame = rendering.write_site(folder, state, chosen)
        command = (*nginx_command(frame), "-t")
        _expect(command, "Nginx does not take its configuration", os.environ)
    finally:
        shutil.rmtree(folder)


def _expect(command: tuple[str, ...], failure: str, environ: Mapping[str, str]) -> None:
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
        output = result.stdout.strip()
        raise SystemExit(
            f"{output}\n{failure}: nothing is reloaded, and the stack goes on as it was"
        )


def _await_others(state: State, gunicorn: int, before: set[int], patience: int) -> int:
    """Wait until only other processes than those before serve, and return how many do."""
    deadline = time.monotonic() + patience
    while not _serve(state, now := _children(gunicorn), before):
        if not Path(f"/proc/{gunicorn}").exists():
            raise SystemExit("gunicorn has ended: its log says why")
        if time.monotonic() > deadline:
            raise SystemExit(
                f"The new processes do not serve after {patience} s: the log says why"
            )
        time.sleep(0.05)
    return len(now)


def _serve(state: State, now: set[int], before: set[int]) -> bool:
    """Say whether all of these processes serve, and none of those before is among them."""
    serving = {int(file.name) for file in state.workers.iterdir()}
    return bool(now) and now <= serving and now.isdisjoint(before)


def _children(parent: int) -> set[int]:
    """Return the processes that this one has started."""
    return {
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if _parent(stat) == parent
    }


def _parent(stat: Path) -> int | None:
    try:
        # The name before, in parentheses, may hold anything.
        return int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None
