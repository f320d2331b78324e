"""Runs the stack in the foreground, and checks whether it is ready."""

import errno
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

from rentomatic.repository.connect import connect, scheme
from rentomatic.settings.settings import Settings
from services.stack import prepare, privileges
from services.stack.database import Database, is_embedded, owned_server
from services.stack.environment import environment, load_settings, metrics_bind
from services.stack.programs import postgresql, postgresqls
from services.stack.render import host_and_port, write_supervisord
from services.stack.signals import exit_on_signals
from services.stack.state import State, lock_stack
from services.stack.supervise import supervise
from services.stack.terminal import relayed_output

DATABASE_STOP_SECONDS = 30  # stopwaitsecs in services/supervisor/postgres.conf.template
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (a key, not an address to bind)


def serve(state: State) -> int:
    """Serve until a signal arrives or a program cannot be started; return the exit status."""
    exit_on_signals()
    settings = load_settings(state)
    with lock_stack(state):
        state.stop_timeout.write_text(str(max_stop_seconds(settings)), "ascii")
        check_ports(settings)
        if is_embedded(settings, state):
            return _serve_embedded(state, settings)
        return _serve_external(state, settings)


def _serve_embedded(state: State, settings: Settings) -> int:
    database = Database(state, postgresql(os.environ, state.data))
    os.environ.update(environment(settings, state, database.programs, serving=True))
    with owned_server(database, prepare.start_for_stack):
        database.make_reserve()
        return _run_programs(state, settings, database)


def _serve_external(state: State, settings: Settings) -> int:
    connect(settings.repository).close()  # raises InvalidRequest for an unknown URL scheme
    programs = next(postgresqls(os.environ), None)
    os.environ.update(environment(settings, state, programs, serving=True))
    if scheme(settings.repository) in ("postgres", "postgresql"):
        prepare.migrate()
    return _run_programs(state, settings, None)


def _run_programs(state: State, settings: Settings, database: Database | None) -> int:
    """Remove files of the last run, and run the programs until shutdown."""
    shutil.rmtree(state.workers, ignore_errors=True)
    state.workers.mkdir()
    state.gunicorn_socket.unlink(missing_ok=True)
    drain_file = Path(os.environ["RENTOMATIC_DRAIN_FILE"])
    drain_file.unlink(missing_ok=True)
    configuration = write_supervisord(state, settings, database)
    command = (sys.executable, "-m", "services.stack", "announce")
    with relayed_output(), subprocess.Popen(command) as announcement:
        try:
            return supervise(configuration, drain_file, settings.drain_delay, database)
        finally:
            announcement.terminate()


def max_stop_seconds(settings: Settings) -> int:
    """Return the timeout of a shutdown; programs stop one after the other."""
    return settings.drain_delay + 2 * settings.stop_timeout + DATABASE_STOP_SECONDS + 10


def check_ports(settings: Settings) -> None:
    """Exit with the name of the setting if Nginx or gunicorn could not listen on a port."""
    _check_port(settings.bind, "RENTOMATIC_PORT", settings.port)
    if settings.https_port is not None:
        _check_port(settings.bind, "RENTOMATIC_HTTPS_PORT", settings.https_port)
    host, _, port = metrics_bind().rpartition(":")
    if port.isdecimal():
        _check_port(host.strip("[]"), "RENTOMATIC_METRICS_BIND", int(port))


def _check_port(bind: str, setting: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((bind, port))
        except OSError as error:
            raise SystemExit(_bind_error(bind, setting, port, error)) from None


def _bind_error(bind: str, setting: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"{setting}: another program listens on port {port}"
        case errno.EACCES:
            return f"{setting}: this user may not listen on port {port}"
        case _:
            name = "RENTOMATIC_BIND" if setting != "RENTOMATIC_METRICS_BIND" else setting
            return f"{name}: cannot listen on {bind} ({error.strerror})"


def announce(state: State) -> int:
    """Print the URL once the stack is ready. Gives up if the parent process, the stack, ends."""
    exit_on_signals()  # without it, Ctrl-C during the start prints a traceback
    settings, stack = load_settings(state), os.getppid()
    while not is_ready(settings, state):
        if os.getppid() != stack:
            return 1
        time.sleep(0.1)
    if os.environ.get(privileges.STILL_ROOT):
        print(privileges.WARNING, flush=True)
    print(f"Rent-o-Matic serves {url(settings)} (Ctrl-C stops it)", flush=True)
    return 0


def url(settings: Settings) -> str:
    """Return the URL of the rooms for clients on this machine."""
    protocol = "http" if settings.https_port is None else "https"
    host = settings.hosts[0] if settings.hosts else _client_address(settings)
    return f"{protocol}://{host_and_port(host, settings.https_port or settings.port)}/rooms"


def is_ready(settings: Settings, state: State) -> bool:
    """Return whether /readyz responds with 200."""
    # Without our socket, another program has responded on the port.
    if not state.gunicorn_socket.exists():
        return False
    connection = _connection(settings)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _connection(settings: Settings) -> HTTPConnection:
    host = _client_address(settings)
    if settings.https_port is None:
        return HTTPConnection(host, settings.port, timeout=10)
    # The certificate is for public names, and this connects by address.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(host, settings.https_port, timeout=10, context=context)


def _client_address(settings: Settings) -> str:
    return LOOPBACK.get(settings.bind, settings.bind)
