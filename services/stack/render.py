"""Renders the configuration of Nginx and supervisord from templates.

`${NAME}` is a placeholder of ours; `$name` is a variable of Nginx and stays.
"""

import os
import re
import resource
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import token_hex
from string import Template

from rentomatic.settings.settings import Settings
from services.stack.certificates import certificate
from services.stack.database import Database
from services.stack.environment import photo_folder
from services.stack.programs import nginx, system_program, works
from services.stack.state import ROOT, State

SERVICES = ROOT / "services"
SITE = ("rentomatic.conf", "rentomatic.http", "rentomatic.server")
CONNECTIONS = 8192  # of each worker of Nginx, if the limit of open files allows that many
UNLIMITED_RATE = 1_000_000  # requests per second that no client reaches; Nginx rejects 0
PERMISSION = "/nginx-permission"  # the location that asks the application
HSTS = "max-age=31536000"
HTTP2_DIRECTIVE = (1, 25, 1)  # the first version of Nginx with `http2 on`
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", str(SERVICES / "gunicorn.conf.py"))


def read_template(name: str) -> str:
    return (SERVICES / f"{name}.template").read_text("utf-8")


def render(name: str, values: Mapping[str, object]) -> str:
    """Return a template of services/ with the values inserted."""
    return Template(read_template(name)).safe_substitute(values)


def host_and_port(host: str, port: int) -> str:
    """Format an address for Nginx and URLs, which put IPv6 addresses in brackets."""
    return f"{f'[{host}]' if ':' in host else host}:{port}"


def write_nginx(folder: Path, settings: Settings, state: State, gunicorns: Sequence[Path]) -> Path:
    """Write Nginx's configuration into the folder, and return its main file.

    `gunicorns` are the unix sockets to which Nginx forwards requests.
    """
    values = {
        "NGINX_FOLDER": folder,
        "NGINX_LISTEN": _listen(settings, state),
        "NGINX_HTTPS_PORT": settings.https_port or "",
        "NGINX_HSTS": HSTS if settings.certificate else "",
        "NGINX_HOSTS": _hosts(settings),
        "NGINX_TRUSTED_PROXIES": " ".join(
            f"set_real_ip_from {network};" for network in settings.trusted_proxies
        ),
        "NGINX_UPSTREAM": " ".join(f'server "unix:{socket}";' for socket in gunicorns),
        "NGINX_PROXY_TIMEOUT": settings.proxy_timeout,
        "NGINX_IMPORT_LIMIT": settings.import_limit,
        "NGINX_PHOTO_LIMIT": settings.photo_limit,
        "NGINX_PHOTO_FOLDER": photo_folder(settings, state),
        "NGINX_PHOTO_PERMISSION": "off" if settings.reading == "public" else PERMISSION,
        "NGINX_RATE_LIMIT": settings.rate_limit or UNLIMITED_RATE,
        "NGINX_CACHE": "on" if settings.caches_lists else "off",
        "NGINX_CACHE_FOLDER": folder / "cache",
        "NGINX_ACCESS_LOG": "/dev/stdout",
    }
    folder.mkdir(exist_ok=True)
    for name in SITE:
        (folder / name).write_text(render(f"nginx/{name}", values), "utf-8")
    file = folder / "nginx.conf"
    file.write_text(render("nginx/nginx.conf", main_values(folder, settings)), "utf-8")
    return file


def main_values(folder: Path, settings: Settings) -> Mapping[str, object]:
    """Return the values of nginx.conf; each request needs two open files."""
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 2 * CONNECTIONS if limit == resource.RLIM_INFINITY else min(2 * CONNECTIONS, limit)
    return {
        "FOLDER": folder,
        "FILES": files,
        "CONNECTIONS": files // 2,
        "PROXY_TIMEOUT": settings.proxy_timeout,
    }


def _hosts(settings: Settings) -> str:
    """Return the entries of Nginx's map from allowed hosts to "", and from others to 1."""
    allowed = " ".join(f'"{host}/" "";' for host in settings.hosts)
    return f"default 1; {allowed}" if allowed else 'default "";'


def _listen(settings: Settings, state: State) -> str:
    """Return the `listen` directives and the certificate."""
    plain = f"listen {host_and_port(settings.bind, settings.port)} default_server;"
    files = certificate(settings, state)
    if settings.https_port is None or files is None:
        return plain
    listen = f"{host_and_port(settings.bind, settings.https_port)} default_server ssl"
    values = {
        "LISTEN": listen + ("; http2 on" if _nginx_version() >= HTTP2_DIRECTIVE else " http2"),
        "CERTIFICATE": files.chain,
        "KEY": files.key,
    }
    return f"{plain}\n{render('nginx/https.conf', values)}"


def _nginx_version() -> tuple[int, ...]:
    command = (nginx(os.environ), "-v")
    output = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return tuple(map(int, re.findall(r"\d+", output)))


def nginx_command(file: Path) -> tuple[str, ...]:
    """Return the command of an Nginx that uses only files in the folder of its configuration."""
    return (str(nginx(os.environ)), "-e", "stderr", "-p", str(file.parent), "-c", str(file))


def write_supervisord(state: State, settings: Settings, database: Database | None) -> Path:
    """Write the configuration of supervisord and Nginx, and return supervisord's file.

    Without `database`, supervisord runs no PostgreSQL.
    """
    nginx_conf = write_nginx(state.run / "nginx", settings, state, [state.gunicorn_socket])
    values = {
        "ROOT": str(ROOT),
        "RUN": str(state.run),
        "LOG": str(state.log),
        "PASSWORD": token_hex(),
        "STOP_TIMEOUT": str(settings.stop_timeout),
        "GUNICORN": _supervised(GUNICORN, "TERM"),
        "NGINX": _supervised(nginx_command(nginx_conf), "QUIT"),
        "POSTGRES": _supervised(database.server_command(), "INT") if database else "",
    }
    # supervisord expands %(name)s.
    escaped = {name: value.replace("%", "%%") for name, value in values.items()}
    parts = ("supervisord", "postgres") if database else ("supervisord",)
    file = state.run / "supervisord.conf"
    file.write_text("".join(render(f"supervisor/{part}.conf", escaped) for part in parts), "utf-8")
    return file


def _supervised(command: Sequence[str], stop_signal: str) -> str:
    """Quote a command that gets the signal if supervisord is killed, where Linux supports that."""
    setpriv = (system_program("setpriv"), "--pdeathsig")
    is_supported = works(*setpriv, "keep", sys.executable, "-c", "")
    return shlex.join((*setpriv, stop_signal, *command) if is_supported else command)
