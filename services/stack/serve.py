"""The whole of Rent-o-Matic in the foreground."""

import errno
import os
import shutil
import socket
import subprocess
import sys

from rentomatic.repository.connect import connect
from rentomatic.settings.settings import Settings
from services.stack import configuration, preparing, rendering, sharing
from services.stack.database import Database
from services.stack.output import relayed_output
from services.stack.presence import alone
from services.stack.programs import postgresql, postgresqls
from services.stack.signals import end_in_order
from services.stack.state import ROOT, State
from services.stack.supervise import Drain, supervise

DATABASE_PATIENCE = 30  # as in services/supervisor/postgres.conf.template


def serve(state: State) -> int:
    """Serve until a signal comes or a program cannot be started; return the exit status."""
    end_in_order()
    chosen = configuration.load(state)
    with alone(state):
        state.patience.write_text(str(longest_stop(chosen)), "ascii")
        check_address(chosen)
        configuration.keep_secret_key(chosen, state)
        if configuration.is_embedded(chosen, state):
            return _serve_embedded(state, chosen)
        return _serve_elsewhere(state, chosen)


def _serve_embedded(state: State, chosen: Settings) -> int:
    database = Database(state, postgresql(os.environ, state.data))
    configuration.apply(chosen, state, database.programs)
    with sharing.owned(database, _prepare):
        database.make_reserve()
        return _supervise(state, chosen, database)


def _prepare(database: Database) -> None:
    preparing.start(database)
    preparing.migrate()
    preparing.furnish(database)


def _serve_elsewhere(state: State, chosen: Settings) -> int:
    connect(chosen.repository).close()  # refuses a URL that no adapter takes
    configuration.apply(chosen, state, next(postgresqls(os.environ), None))
    if configuration.is_postgresql(chosen):
        preparing.migrate()
    return _supervise(state, chosen, None)


def _supervise(state: State, chosen: Settings, database: Database | None) -> int:
    """Run the programs, and tell when they answer."""
    _forget_workers(state)
    drain = _drain(state, chosen)
    state.gunicorn.unlink(missing_ok=True)
    configuration.listen(state)
    file = rendering.write_supervisord(state, chosen, database)
    announce = (sys.executable, "-m", "services.stack", "announce")
    with relayed_output(), subprocess.Popen(announce) as herald:
        try:
            return supervise(file, drain, database)
        finally:
            herald.terminate()


def _forget_workers(state: State) -> None:
    """Tell gunicorn's processes where to say that they serve; those of a stack before are gone."""
    shutil.rmtree(state.workers, ignore_errors=True)
    state.workers.mkdir()
    os.environ["STACK_WORKERS"] = str(state.workers)


def _drain(state: State, chosen: Settings) -> Drain:
    """Take back that a stop has begun, and tell gunicorn where that is said."""
    file = ROOT / (chosen.drain_file or state.draining)
    os.environ["RENTOMATIC_DRAIN_FILE"] = str(file)
    file.unlink(missing_ok=True)
    return Drain(file, chosen.drain_delay)


def longest_stop(chosen: Settings) -> int:
    """Return the seconds after which a stop has failed: programs stop one after the other."""
    return chosen.drain_delay + 2 * chosen.stop_timeout + DATABASE_PATIENCE + 10


def check_address(chosen: Settings) -> None:
    """End with a line that names what to change when nobody can listen there."""
    _check(chosen.bind, "RENTOMATIC_PORT", chosen.port)
    if chosen.https_port is not None:
        _check(chosen.bind, "RENTOMATIC_HTTPS_PORT", chosen.https_port)


def _check(bind: str, setting: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((bind, port))
        except OSError as error:
            raise SystemExit(_obstacle(bind, setting, port, error)) from None


def _obstacle(bind: str, setting: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"{setting}: another program listens on port {port}"
        case errno.EACCES:
            return f"{setting}: this user may not listen on port {port}"
        case _:
            return f"RENTOMATIC_BIND: nobody can listen on {bind} ({error.strerror})"
