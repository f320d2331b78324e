"""Commands for the stack in the background: up, down, ps and logs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from rentomatic.settings.settings import Settings
from services.stack.environment import load_settings
from services.stack.serve import is_ready, url
from services.stack.signals import wait_for
from services.stack.state import State, running_stack
from services.stack.terminal import relayed_output

START_TIMEOUT_SECONDS = 90
DEFAULT_STOP_TIMEOUT_SECONDS = 90  # max_stop_seconds of the default settings


def up(state: State) -> int:
    """Start the stack, and wait until it is ready. On failure, show the end of its log."""
    settings = load_settings(state)
    if pid := running_stack(state):
        print(f"The stack is already running (process {pid})")
        return 0
    if _start(state, settings):
        print(f"Rent-o-Matic serves {url(settings)} (`just down` stops it)")
        return 0
    sys.stderr.writelines(_log_file(state).read_text("utf-8").splitlines(keepends=True)[-20:])
    return 1


def _start(state: State, settings: Settings) -> bool:
    """Start the stack and return whether it becomes ready; stop it if it does not."""
    state.gunicorn_socket.unlink(missing_ok=True)
    command = (sys.executable, "-m", "services.stack", "serve")
    environ = os.environ | {"STACK_LOG": str(_log_file(state))}
    with _log_file(state).open("a") as log:
        stack = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environ,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while stack.poll() is None and time.monotonic() < deadline:
        if is_ready(settings, state):
            return True
        time.sleep(0.1)
    stack.terminate()
    stack.wait()
    return False


def down(state: State) -> int:
    """Stop the stack, and wait until all its programs have stopped."""
    pid = running_stack(state)
    if not pid:
        print("The stack is not running")
        return 0
    deadline = time.monotonic() + _stop_timeout(state)
    os.kill(pid, signal.SIGTERM)
    while running_stack(state) == pid:
        if time.monotonic() > deadline:
            raise SystemExit(f"The stack (process {pid}) does not stop")
        time.sleep(0.05)
    print(f"The stack (process {pid}) has stopped")
    return 0


def _stop_timeout(state: State) -> int:
    """Return the stop timeout in seconds recorded by the running stack.

    Falls back to a default if an older version started the stack.
    """
    try:
        return int(state.stop_timeout.read_text("ascii"))
    except FileNotFoundError:
        return DEFAULT_STOP_TIMEOUT_SECONDS


def ps(state: State) -> int:
    """Show the programs of the stack; the exit status is 0 only if all of them run."""
    if not running_stack(state):
        print("The stack is not running")
        return 1
    control = (sys.executable, "-m", "supervisor.supervisorctl")
    return subprocess.call((*control, "-c", str(state.run / "supervisord.conf"), "status"))


def logs(state: State) -> int:
    """Show the last 100 lines of the log, and follow it until Ctrl-C."""
    if not _log_file(state).exists():
        raise SystemExit("There is no log yet: start the stack with `just up`")
    tail = ("tail", "-n", "100", "-F", str(_log_file(state)))
    with relayed_output():
        return wait_for(subprocess.Popen(tail))


def _log_file(state: State) -> Path:
    return state.log / "stack.log"
