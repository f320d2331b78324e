"""Whether the stack answers, asked as a client would."""

import os
import time
from dataclasses import replace
from http.client import HTTPConnection, HTTPException

from rentomatic.settings import Settings
from services.stack import configuration
from services.stack.rendering import address
from services.stack.state import State

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (where to ask, not to listen)


def url(chosen: Settings) -> str:
    """Return where to find the rooms from this machine."""
    return f"http://{_here(chosen)}/rooms"


def answers(chosen: Settings, state: State) -> bool:
    """Say whether this state's stack is ready; without its socket another program answers."""
    if not state.gunicorn.exists():
        return False
    connection = HTTPConnection(_here(chosen), timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def announce(state: State) -> int:
    """Tell where the rooms are, as soon as they are there, while those who serve them live."""
    chosen, server = configuration.load(state), os.getppid()
    while not answers(chosen, state):
        if os.getppid() != server:
            return 1
        time.sleep(0.1)
    print(f"Rent-o-Matic serves {url(chosen)} (Ctrl-C stops it)", flush=True)
    return 0


def _here(chosen: Settings) -> str:
    return address(replace(chosen, bind=EVERYWHERE.get(chosen.bind, chosen.bind)))
