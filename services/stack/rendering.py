"""Configuration files of what supervisord runs, from their templates."""

import shlex
import sys
from pathlib import Path
from secrets import token_hex

from rentomatic.settings.settings import Settings
from services.stack.certificates import certificate
from services.stack.database import Database
from services.stack.programs import system_program, works
from services.stack.site import nginx_command, write_nginx
from services.stack.state import ROOT, State
from services.stack.templates import SERVICES, render

GUNICORN = (sys.executable, "-m", "gunicorn", "-c", str(SERVICES / "gunicorn.conf.py"))


def write_site(folder: Path, state: State, chosen: Settings) -> Path:
    """Write the site before the one gunicorn of a stack."""
    return write_nginx(folder, chosen, [state.gunicorn], certificate(chosen, state))


def write_supervisord(state: State, chosen: Settings, database: Database | None) -> Path:
    """Write supervisord's configuration, and those of the programs that it runs."""
    frame = write_site(state.run / "nginx", state, chosen)
    values = {
        "ROOT": str(ROOT),
        "RUN": str(state.run),
        "LOG": str(state.log),
        "PASSWORD": token_hex(),
        "STOP_TIMEOUT": str(chosen.stop_timeout),
        "GUNICORN": shlex.join((*_tied("TERM"), *GUNICORN)),
        "NGINX": shlex.join((*_tied("QUIT"), *nginx_command(frame))),
        "POSTGRES": shlex.join((*_tied("INT"), *database.server())) if database else "",
    }
    # To supervisord a % begins the name of a value of its own.
    escaped = {name: value.replace("%", "%%") for name, value in values.items()}
    parts = ("supervisord", "postgres") if database else ("supervisord",)
    file = state.run / "supervisord.conf"
    file.write_text("".join(render(f"supervisor/{part}.conf", escaped) for part in parts), "utf-8")
    return file


def _tied(signal: str) -> tuple[str, ...]:
    """Return what, before a command, sends it the signal when supervisord is killed.

    That is nothing where the kernel or setpriv cannot do it.
    """
    setpriv = (system_program("setpriv"), "--pdeathsig")
    return (*setpriv, signal) if works(*setpriv, "keep", sys.executable, "-c", "") else ()
