"""Where the rooms are, as URLs: that of the role which serves them, and their owner's."""

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

# Settings that need another one, and the alternative to that.
NEEDED = (
    ("POSTGRES_USER", "POSTGRES_PASSWORD", ""),
    ("APPLICATION_USER", "APPLICATION_PASSWORD", ""),
    ("APPLICATION_PASSWORD", "APPLICATION_USER", ", or APPLICATION_PASSWORD_FILE"),
)
# Without APPLICATION_USER, the owner serves. A process that only serves needs no owner.
OWNER_NEEDED = (
    ("POSTGRES_USER", "POSTGRES_HOSTNAME", ""),
    ("POSTGRES_PASSWORD", "POSTGRES_HOSTNAME", ", or POSTGRES_PASSWORD_FILE"),
)

# The options of a URL that say where the server is.
PLACE = ("host", "hostaddr", "port")

# The start of a URL of PostgreSQL, and who logs in, as SQLAlchemy reads it.
LOGIN = re.compile(r"(?i)(postgres(?:ql)?(?:\+\w*)?://)(?:([^:/]*)(?::[^@]*)?@)?")


class Urls(NamedTuple):
    """Where the rooms are; both are the same unless PostgreSQL has another role for serving."""

    application: str
    owner: str


def repository_urls(values: Mapping[str, str], embedded: Path | None) -> Urls:
    """Return where the rooms are: the URL given, or the PostgreSQL host given, or our own."""
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
    """Return the owner's URL with the login and the server of the role that serves."""
    if not LOGIN.match(owner):
        return owner
    url = _log_in(owner, values)
    if "APPLICATION_HOSTNAME" not in values:
        return url
    place, _, query = url.partition("?")
    scheme, _, rest = place.partition("://")
    login, at, path = rest.rpartition("@")
    server, folder = _server(values, "APPLICATION")
    url = f"{scheme}://{login}{at}{server}/{path.partition('/')[2]}"
    options = [option for option in query.split("&") if option.partition("=")[0] not in PLACE]
    query = "&".join(filter(None, [folder, *options]))
    return f"{url}?{query}" if query else url


def _log_in(url: str, values: Mapping[str, str]) -> str:
    """Return a URL with the login of the role that serves, if there is one."""
    if "APPLICATION_USER" not in values:
        return url
    _need_none(url, {"user", "password"}, "APPLICATION_USER")
    parts = [values["APPLICATION_USER"], *filter(None, [values.get("APPLICATION_PASSWORD")])]
    login = ":".join(map(_quoted, parts))
    return LOGIN.sub(lambda found: f"{found[1]}{login}@", url, count=1)


def _need_none(url: str, options: set[str], name: str) -> None:
    """Refuse options of a URL that a setting cannot replace."""
    found = options & dict(parse_qsl(url.partition("?")[2])).keys()
    if found:
        message = f"must not contain {min(found)} after ?, because {name} is set"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])


def _server(values: Mapping[str, str], prefix: str) -> tuple[str, str]:
    """Return host and port as a URL has them, and the option that names a folder of sockets."""
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
        for name, other, alternative in (NEEDED if has_role else OWNER_NEEDED)
        if other in values and name not in values
    ]
    server, place = "", ""
    try:
        server, place = _server(values, "POSTGRES")
    except InvalidRequest as error:
        problems += error.problems
    if problems:
        raise InvalidRequest(problems)
    login = ""
    if "POSTGRES_USER" in values and "POSTGRES_PASSWORD" in values:
        login = f"{_quoted(values['POSTGRES_USER'])}:{_quoted(values['POSTGRES_PASSWORD'])}@"
    url = f"postgresql://{login}{server}/{_quoted(values['APPLICATION_DB'])}"
    return f"{url}?{place}" if place else url


def _quoted(part: object) -> str:
    return quote(str(part), safe="")


def read_password(name: str, path: Path) -> str:
    """Return the password in the file that a setting names, without the end of its line."""
    try:
        password = path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise InvalidRequest([Problem(name, f"{path} cannot be read")]) from None
    if not password:
        raise InvalidRequest([Problem(name, f"{path} is empty")])
    return password


def login_of(url: str) -> str:
    """Return the start of a URL of PostgreSQL, with who logs in by which password."""
    found = LOGIN.match(url)
    return found[0] if found else ""


def user_of(url: str) -> str:
    """Return who logs in by a URL of PostgreSQL, if it says so."""
    found = LOGIN.match(url)
    return unquote(found[2] or "") if found else ""


def mask(url: str) -> str:
    """Return a URL without its passwords."""
    url = re.sub(r"(?s)(://[^:/?#]*:).*@", r"\1***@", url)
    return re.sub(r"(?i)([?&](?:[^=&]*password|authmechanismproperties)=)[^&]*", r"\1***", url)
