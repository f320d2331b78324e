"""URLs of the storage, for the application role and for the owner (migrations)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from rentomatic.domain.numbers import whole_number
from rentomatic.errors import InvalidRequest, Problem

EMBEDDED_OWNER = "postgres"
EMBEDDED_USER = "rentomatic"
DATABASE = "application"
PORTS = {"POSTGRES_PORT": "5432", "APPLICATION_PORT": "6432"}  # the second is PgBouncer's

# Settings that require another one, and an alternative to that.
REQUIRED = (
    ("POSTGRES_USER", "POSTGRES_PASSWORD", ""),
    ("APPLICATION_USER", "APPLICATION_PASSWORD", ""),
    ("APPLICATION_PASSWORD", "APPLICATION_USER", ", or APPLICATION_PASSWORD_FILE"),
)
# Without an application role, the application connects as the owner; with one, it needs no owner.
OWNER_REQUIRED = (
    ("POSTGRES_USER", "POSTGRES_HOSTNAME", ""),
    ("POSTGRES_PASSWORD", "POSTGRES_HOSTNAME", ", or POSTGRES_PASSWORD_FILE"),
)

# Options of a PostgreSQL URL that name the server.
SERVER_OPTIONS = ("host", "hostaddr", "port")

# Scheme, user and password of a PostgreSQL URL, as SQLAlchemy parses it.
LOGIN = re.compile(r"(?i)(postgres(?:ql)?(?:\+\w*)?://)(?:([^:/]*)(?::[^@]*)?@)?")


class Urls(NamedTuple):
    """The URLs of a storage; they are equal unless PostgreSQL has an application role."""

    application: str
    owner: str


def repository_urls(values: Mapping[str, str], embedded: Path | None) -> Urls:
    """Build the URLs from the settings; `embedded` is the socket folder of our own server."""
    values = {"APPLICATION_DB": DATABASE, **PORTS, **values}
    if "RENTOMATIC_REPOSITORY" in values:
        owner = values["RENTOMATIC_REPOSITORY"]
    elif "POSTGRES_HOSTNAME" in values:
        owner = _postgresql_url(values)
    elif embedded is not None:
        database, folder = _quoted(values["APPLICATION_DB"]), _quoted(embedded)
        owner = f"postgresql://{EMBEDDED_OWNER}@/{database}?host={folder}"
        values = {"APPLICATION_USER": EMBEDDED_USER, **values}
    else:
        message = "must be set, or POSTGRES_HOSTNAME: no database is configured"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])
    return Urls(_application_url(owner, values), owner)


def _application_url(owner: str, values: Mapping[str, str]) -> str:
    """Replace user, password and server in the owner's URL by those of the application role."""
    if not LOGIN.match(owner):
        return owner
    url = _log_in(owner, values)
    if "APPLICATION_HOSTNAME" not in values:
        return url
    base, _, query = url.partition("?")
    scheme, _, rest = base.partition("://")
    login, at, path = rest.rpartition("@")
    server, folder = _server(values, "APPLICATION")
    url = f"{scheme}://{login}{at}{server}/{path.partition('/')[2]}"
    options = [
        option for option in query.split("&") if option.partition("=")[0] not in SERVER_OPTIONS
    ]
    query = "&".join(filter(None, [folder, *options]))
    return f"{url}?{query}" if query else url


def _log_in(url: str, values: Mapping[str, str]) -> str:
    """Replace user and password by those of the application role, if it is set."""
    if "APPLICATION_USER" not in values:
        return url
    _forbid_options(url, {"user", "password"}, "APPLICATION_USER")
    parts = [values["APPLICATION_USER"], *filter(None, [values.get("APPLICATION_PASSWORD")])]
    login = ":".join(map(_quoted, parts))
    return LOGIN.sub(lambda match: f"{match[1]}{login}@", url, count=1)


def _forbid_options(url: str, options: set[str], name: str) -> None:
    """Raise InvalidRequest if the URL has options that would override a setting."""
    forbidden = options & dict(parse_qsl(url.partition("?")[2])).keys()
    if forbidden:
        message = f"must not contain {min(forbidden)} after ?, because {name} is set"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])


def _server(values: Mapping[str, str], prefix: str) -> tuple[str, str]:
    """Return host and port for a URL, and the option `host` if the host is a socket folder."""
    host, name = values[f"{prefix}_HOSTNAME"], f"{prefix}_PORT"
    try:
        port = whole_number(values[name], 1, 65535)
    except ValueError as error:
        raise InvalidRequest([Problem(name, str(error))]) from None
    if host.startswith("/"):
        return f":{port}", f"host={_quoted(host)}"
    hosts = (f"[{each}]" if ":" in each else _quoted(each) for each in host.split(","))
    return ",".join(f"{each}:{port}" for each in hosts), ""


def _postgresql_url(values: Mapping[str, str]) -> str:
    has_role = "APPLICATION_USER" in values or "APPLICATION_PASSWORD" in values
    problems = [
        Problem(name, f"must be set{alternative}, because {other} is")
        for name, other, alternative in (REQUIRED if has_role else OWNER_REQUIRED)
        if other in values and name not in values
    ]
    server, host_option = "", ""
    try:
        server, host_option = _server(values, "POSTGRES")
    except InvalidRequest as error:
        problems += error.problems
    if problems:
        raise InvalidRequest(problems)
    login = ""
    if "POSTGRES_USER" in values and "POSTGRES_PASSWORD" in values:
        login = f"{_quoted(values['POSTGRES_USER'])}:{_quoted(values['POSTGRES_PASSWORD'])}@"
    url = f"postgresql://{login}{server}/{_quoted(values['APPLICATION_DB'])}"
    return f"{url}?{host_option}" if host_option else url


def _quoted(part: object) -> str:
    return quote(str(part), safe="")


def read_password(name: str, path: Path) -> str:
    """Read a password from a file, without trailing newlines, or raise InvalidRequest."""
    try:
        password = path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise InvalidRequest([Problem(name, f"{path} cannot be read")]) from None
    if not password:
        raise InvalidRequest([Problem(name, f"{path} is empty")])
    return password


def login_of(url: str) -> str:
    """Return scheme, user and password of a PostgreSQL URL, or an empty string."""
    match = LOGIN.match(url)
    return match[0] if match else ""


def user_of(url: str) -> str:
    """Return the user in a PostgreSQL URL, or an empty string."""
    match = LOGIN.match(url)
    return unquote(match[2] or "") if match else ""


def mask(url: str) -> str:
    """Replace the passwords in a URL by `***`."""
    url = re.sub(r"(?s)(://[^:/?#]*:).*@", r"\1***@", url)
    return re.sub(r"(?i)([?&](?:[^=&]*password|authmechanismproperties)=)[^&]*", r"\1***", url)
