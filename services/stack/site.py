"""The site that Nginx serves: what the settings say, as its templates have it."""

import os
import re
import resource
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from rentomatic.settings.settings import Settings
from services.stack.certificates import Certificate
from services.stack.programs import nginx
from services.stack.templates import address, render

SITE = ("rentomatic.conf", "rentomatic.http", "rentomatic.server")
CONNECTIONS = 8192  # that each worker takes, where as many files may be open
UNLIMITED = 1_000_000  # requests in a second, which nobody can send
HSTS = "max-age=31536000"
HTTP2 = (1, 25, 1)  # from when on it is a directive of its own


def write_nginx(
    folder: Path, chosen: Settings, gunicorns: Sequence[Path], certificate: Certificate | None
) -> Path:
    """Write the site that every deployment shares, in a frame of our own."""
    values = {
        "NGINX_FOLDER": folder,
        "NGINX_LISTEN": _listen(chosen, certificate),
        "NGINX_HTTPS_PORT": chosen.https_port or "",
        "NGINX_HSTS": HSTS if chosen.certificate else "",
        "NGINX_HOSTS": _hosts(chosen),
        "NGINX_TRUSTED_PROXIES": " ".join(
            f"set_real_ip_from {network};" for network in chosen.trusted_proxies
        ),
        "NGINX_UPSTREAM": " ".join(f'server "unix:{socket}";' for socket in gunicorns),
        "NGINX_PROXY_TIMEOUT": chosen.proxy_timeout,
        "NGINX_IMPORT_LIMIT": chosen.import_limit,
        "NGINX_RATE_LIMIT": chosen.rate_limit or UNLIMITED,
        "NGINX_CACHE": "on" if chosen.caches_lists else "off",
        "NGINX_CACHE_FOLDER": folder / "cache",
        "NGINX_ACCESS_LOG": "/dev/stdout",
    }
    folder.mkdir(exist_ok=True)
    for name in SITE:
        (folder / name).write_text(render(f"nginx/{name}", values), "utf-8")
    frame = folder / "nginx.conf"
    frame.write_text(render("nginx/nginx.conf", frame_values(folder, chosen)), "utf-8")
    return frame


def frame_values(folder: Path, chosen: Settings) -> Mapping[str, object]:
    """Return what the frame needs to know: two files for each connection, if there are as many."""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 2 * CONNECTIONS if allowed == resource.RLIM_INFINITY else min(2 * CONNECTIONS, allowed)
    return {
        "FOLDER": folder,
        "FILES": files,
        "CONNECTIONS": files // 2,
        "PROXY_TIMEOUT": chosen.proxy_timeout,
    }


def _hosts(chosen: Settings) -> str:
    """Return the entries of a map from hosts, each with a slash after it, to what is served."""
    served = " ".join(f'"{host}/" "";' for host in chosen.hosts)
    return f"default 1; {served}" if served else 'default "";'


def _listen(chosen: Settings, certificate: Certificate | None) -> str:
    """Return on what Nginx listens, and what it shows there."""
    plain = f"listen {address(chosen.bind, chosen.port)} default_server;"
    if chosen.https_port is None or certificate is None:
        return plain
    listen = f"{address(chosen.bind, chosen.https_port)} default_server ssl"
    values = {
        "LISTEN": listen + ("; http2 on" if _version() >= HTTP2 else " http2"),
        "CERTIFICATE": certificate.chain,
        "KEY": certificate.key,
    }
    return f"{plain}\n{render('nginx/https.conf', values)}"


def _version() -> tuple[int, ...]:
    """Return the version of the Nginx that is run."""
    command = (nginx(os.environ), "-v")
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return tuple(map(int, re.findall(r"\d+", said)))


def nginx_command(frame: Path) -> tuple[str, ...]:
    """Return the command of an Nginx that reads and writes nothing outside its frame's folder."""
    return (str(nginx(os.environ)), "-e", "stderr", "-p", str(frame.parent), "-c", str(frame))
