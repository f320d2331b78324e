"""New code and new settings for a stack that runs, which goes on answering meanwhile."""

import subprocess
import sys
import time

import psutil

from rentomatic.settings import Settings
from services.stack import configuration
from services.stack.answering import url
from services.stack.certificates import certificate
from services.stack.presence import running
from services.stack.programs import postgresqls
from services.stack.rendering import GUNICORN
from services.stack.site import nginx_command, write_nginx
from services.stack.state import State

SUPERVISORCTL = (sys.executable, "-m", "supervisor.supervisorctl")


def reload(state: State) -> int:
    """Replace gunicorn's processes and Nginx's by new ones, and return when they serve.

    What would not start is refused beforehand: a process that cannot load the application takes
    all others with it.
    """
    chosen = configuration.load(state)
    if not running(state):
        print("The stack is down: there is nothing to reload", file=sys.stderr)
        return 1
    configuration.apply(chosen, state, next(postgresqls({}), None))
    frame = write_nginx(state.run / "nginx", chosen, [state.gunicorn], certificate(chosen, state))
    if subprocess.call((*GUNICORN, "--check-config")) or subprocess.call(
        (*nginx_command(frame), "-q", "-t")
    ):
        print("The stack goes on as it was", file=sys.stderr)
        return 1
    return _replace(state, chosen)


def _replace(state: State, chosen: Settings) -> int:
    gunicorn = psutil.Process(int(_control(state, "pid", "gunicorn")))
    before = set(gunicorn.children())
    _control(state, "signal", "HUP", "gunicorn", "nginx")
    deadline = time.monotonic() + chosen.stop_timeout
    while before & set(gunicorn.children()):
        if time.monotonic() > deadline:
            print("The old processes do not end: `just logs` says why", file=sys.stderr)
            return 1
        time.sleep(0.05)
    print(f"{len(gunicorn.children())} new processes serve {url(chosen)}")
    return 0


def _control(state: State, *arguments: str) -> str:
    command = (*SUPERVISORCTL, "-c", str(state.run / "supervisord.conf"), *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
