"""Configuration files, from their templates: `${NAME}` is ours, `$name` is Nginx's."""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from string import Template

from rentomatic.settings import Settings
from services.stack.database import Database
from services.stack.programs import nginx, system_program, works
from services.stack.state import ROOT, State

SERVICES = ROOT / "services"


def render(name: str, values: Mapping[str, object]) -> str:
    """Return a template of services/ with the values in place of their names."""
    return Template(template(name)).safe_substitute(values)


def template(name: str) -> str:
    """Return a template of services/ as it is."""
    return (SERVICES / f"{name}.template").read_text("utf-8")


def address(chosen: Settings) -> str:
    """Return address and port as Nginx and URLs write them."""
    return f"{f'[{chosen.bind}]' if ':' in chosen.bind else chosen.bind}:{chosen.port}"


def write_nginx(folder: Path, listen: str, gunicorns: Sequence[Path], import_limit: int) -> Path:
    """Write the site that every deployment shares, in a frame of our own."""
    site = {
        "NGINX_LISTEN": listen,
        "NGINX_UPSTREAM": " ".join(f'server "unix:{socket}";' for socket in gunicorns),
        "NGINX_IMPORT_LIMIT": import_limit,
        "NGINX_ACCESS_LOG": "/dev/stdout",
    }
    folder.mkdir(exist_ok=True)
    (folder / "rentomatic.conf").write_text(render("nginx/rentomatic.conf", site), "utf-8")
    frame = folder / "nginx.conf"
    frame.write_text(render("nginx/nginx.conf", {"FOLDER": folder}), "utf-8")
    return frame


def write_supervisord(state: State, chosen: Settings, database: Database | None) -> Path:
    """Write supervisord's configuration, and those of the programs that it runs."""
    nginx_folder, limit = state.run / "nginx", chosen.import_limit
    frame = write_nginx(nginx_folder, address(chosen), [state.gunicorn], limit)
    values = {
        "ROOT": str(ROOT),
        "RUN": str(state.run),
        "LOG": str(state.log),
        "PASSWORD": token_hex(),
        "GUNICORN": shlex.join((*_tied("TERM"), *_gunicorn(state.gunicorn))),
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


def _gunicorn(socket: Path) -> tuple[str, ...]:
    settings = str(SERVICES / "gunicorn.conf.py")
    return (sys.executable, "-m", "gunicorn", "-c", settings, "--bind", f"unix:{socket}")


def nginx_command(frame: Path) -> tuple[str, ...]:
    """Return the command of an Nginx that reads and writes nothing outside its frame's folder."""
    return (str(nginx(os.environ)), "-e", "stderr", "-p", str(frame.parent), "-c", str(frame))
