"""Whether the stack answers, asked as a client would."""

import os
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from rentomatic.settings.settings import Settings
from services.stack import configuration, privileges
from services.stack.state import State
from services.stack.templates import address

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (where to ask, not to listen)


def url(chosen: Settings) -> str:
    """Return where to find the rooms from this machine."""
    scheme = "http" if chosen.https_port is None else "https"
    host = chosen.hosts[0] if chosen.hosts else _here(chosen)
    return f"{scheme}://{address(host, _port(chosen))}/rooms"


def answers(chosen: Settings, state: State) -> bool:
    """Say whether this state's stack is ready; without its socket another program answers."""
    if not state.gunicorn.exists():
        return False
    connection = _connection(chosen)
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
    if os.environ.get(privileges.STILL_ROOT):
        print(privileges.WARNING, flush=True)
    print(f"Rent-o-Matic serves {url(chosen)} (Ctrl-C stops it)", flush=True)
    return 0


def _connection(chosen: Settings) -> HTTPConnection:
    if chosen.https_port is None:
        return HTTPConnection(_here(chosen), chosen.port, timeout=10)
    # The certificate is for the names by which others know this machine.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(_here(chosen), chosen.https_port, timeout=10, context=context)


def _port(chosen: Settings) -> int:
    return chosen.https_port or chosen.port


def _here(chosen: Settings) -> str:
    return EVERYWHERE.get(chosen.bind, chosen.bind)
