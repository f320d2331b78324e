"""The stack without a terminal."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from rentomatic.settings.settings import Settings
from services.stack import configuration
from services.stack.answering import answers, url
from services.stack.output import relayed_output
from services.stack.presence import running
from services.stack.signals import wait_for
from services.stack.state import State

UP_PATIENCE = 90  # seconds
DOWN_PATIENCE = 60


def up(state: State) -> int:
    """Start the stack, and return when it answers, or show the end of its log."""
    chosen = configuration.load(state)
    if pid := running(state):
        print(f"The stack runs already (process {pid})")
        return 0
    if _start(state, chosen):
        print(f"Rent-o-Matic serves {url(chosen)} (`just down` stops it)")
        return 0
    sys.stderr.writelines(_log(state).read_text("utf-8").splitlines(keepends=True)[-20:])
    return 1


def _start(state: State, chosen: Settings) -> bool:
    """Start the stack and say whether it answers; one that does not is stopped."""
    state.gunicorn.unlink(missing_ok=True)
    command = (sys.executable, "-m", "services.stack", "serve")
    environ = os.environ | {"STACK_LOG": str(_log(state))}
    with _log(state).open("a") as log:
        stack = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environ,
            start_new_session=True,
        )
    deadline = time.monotonic() + UP_PATIENCE
    while stack.poll() is None and time.monotonic() < deadline:
        if answers(chosen, state):
            return True
        time.sleep(0.1)
    stack.terminate()
    stack.wait()
    return False


def down(state: State) -> int:
    """Stop the stack, and return when nothing of it runs."""
    pid = running(state)
    if not pid:
        print("The stack is down")
        return 0
    deadline = time.monotonic() + _patience(state)
    os.kill(pid, signal.SIGTERM)
    while running(state) == pid:
        if time.monotonic() > deadline:
            raise SystemExit(f"The stack (process {pid}) does not end")
        time.sleep(0.05)
    print(f"The stack (process {pid}) is stopped")
    return 0


def _patience(state: State) -> int:
    """Return how long a stop of the stack may take, by its own settings: those of now may differ.

    A stack of older code has not said.
    """
    try:
        return int(state.patience.read_text("ascii"))
    except FileNotFoundError:
        return DOWN_PATIENCE


def ps(state: State) -> int:
    """Show every program of the stack, and exit as supervisorctl does: 0 when all of them run."""
    if not running(state):
        print("The stack is down")
        return 1
    control = (sys.executable, "-m", "supervisor.supervisorctl")
    return subprocess.call((*control, "-c", str(state.run / "supervisord.conf"), "status"))


def logs(state: State) -> int:
    """Show the log of the stack in the background, and what is added to it, until Ctrl-C."""
    if not _log(state).exists():
        raise SystemExit("There is no log: `just up` writes one")
    tail = ("tail", "-n", "100", "-F", str(_log(state)))
    with relayed_output():
        return wait_for(subprocess.Popen(tail))


def _log(state: State) -> Path:
    return state.log / "stack.log"
