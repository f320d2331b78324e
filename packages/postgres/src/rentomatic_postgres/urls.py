"""URLs with several hosts, of which libpq uses the first it can connect to.

libpq accepts `postgresql://a:1,b:2/d`, SQLAlchemy `postgresql:///d?host=a:1&host=b:2`. Both are
converted to `?host=a,b&port=1,2`, which both accept.
"""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from rentomatic.settings.urls import LOGIN

# SQLAlchemy 2.1 would read a plain postgresql:// as psycopg 3.
DRIVER = "postgresql+psycopg2"

# A name, an address or a socket folder; an IPv6 address with a port is in brackets.
HOST = re.compile(r"(?:\[(?P<ipv6>[^]]*)\]|(?P<name>[^:]*))(?::(?P<port>\d*))?")


def make_url_of_hosts(text: str) -> URL:
    """Parse a URL of either form; raise ArgumentError if it is invalid."""
    login = LOGIN.match(text)
    start, rest = (text[: login.end()], text[login.end() :]) if login else ("", text)
    path = re.search(r"[/?]|$", rest)
    netloc = rest[: path.start()] if path else rest
    if "," in netloc or "%" in netloc:
        url = make_url(start + rest[len(netloc) :])
        hosts = [unquote(host) for host in netloc.split(",")]
    else:
        url = make_url(text)
        host = url.query.get("host", "")
        hosts = list(host) if isinstance(host, tuple) else host.split(",")
    url = _with_hosts(url, hosts) if len(hosts) > 1 or "%" in netloc else url
    return url.set(drivername=DRIVER)


def connection_parameters(url: URL) -> dict[str, str]:
    """Return libpq's parameters for the URL; raise ArgumentError if one is repeated."""
    _, parameters = url.get_dialect()().create_connect_args(url)
    for name, value in parameters.items():
        if isinstance(value, tuple):
            raise ArgumentError(f"{name} must not be repeated")
    return {name: str(value) for name, value in parameters.items()}


def _with_hosts(url: URL, hosts: Sequence[str]) -> URL:
    found = [HOST.fullmatch(host) for host in hosts]
    names = [(m["ipv6"] or m["name"]) if m else host for m, host in zip(found, hosts, strict=True)]
    ports = [(match["port"] or "") if match else "" for match in found]
    query = {"host": ",".join(names)}
    common = str(url.query.get("port") or url.port or "")
    if "," not in common and any([common, *ports]):
        query["port"] = ",".join(port or common for port in ports)
    elif any(ports):
        raise ArgumentError("a host must not have two ports")
    return url.update_query_dict(query)
