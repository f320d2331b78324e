"""Where the rooms are, as URLs: that of the role which serves them, and their owner's."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.numbers import whole_number

EMBEDDED_OWNER = "postgres"
EMBEDDED_USER = "rentomatic"

# What has to be set where something else is, and what may be set in its place.
NEEDED = (
    ("POSTGRES_USER", "POSTGRES_HOSTNAME", ""),
    ("POSTGRES_PASSWORD", "POSTGRES_HOSTNAME", ", nor is POSTGRES_PASSWORD_FILE"),
    ("APPLICATION_USER", "APPLICATION_PASSWORD", ""),
    ("APPLICATION_PASSWORD", "APPLICATION_USER", ", nor is APPLICATION_PASSWORD_FILE"),
)

# The start of a URL of PostgreSQL, and who logs in, as SQLAlchemy reads it.
LOGIN = re.compile(r"(?i)(postgres(?:ql)?(?:\+\w*)?://)(?:([^:/]*)(?::[^@]*)?@)?")


class Urls(NamedTuple):
    """Where the rooms are; both are the same unless PostgreSQL has another role for serving."""

    application: str
    owner: str


def repository_urls(values: Mapping[str, str], embedded: Path | None) -> Urls:
    """Return where the rooms are: the URL given, or the PostgreSQL host given, or our own."""
    if "RENTOMATIC_REPOSITORY" in values:
        owner = values["RENTOMATIC_REPOSITORY"]
    elif "POSTGRES_HOSTNAME" in values:
        owner = _postgresql_url(values)
    elif embedded is not None:
        database, folder = _quoted(values["APPLICATION_DB"]), _quoted(embedded)
        owner = f"postgresql://{EMBEDDED_OWNER}@/{database}?host={folder}"
        values = {"APPLICATION_USER": EMBEDDED_USER, **values}
    else:
        message = "Is not set, and POSTGRES_HOSTNAME is not either: there is no database"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])
    return Urls(_application_url(owner, values), owner)


def _application_url(owner: str, values: Mapping[str, str]) -> str:
    """Return the owner's URL with the login of the role that serves, if there is one."""
    if "APPLICATION_USER" not in values or not LOGIN.match(owner):
        return owner
    parts = [values["APPLICATION_USER"], *filter(None, [values.get("APPLICATION_PASSWORD")])]
    login = ":".join(map(_quoted, parts))
    url = LOGIN.sub(lambda found: f"{found[1]}{login}@", owner, count=1)
    if {"user", "password"} & dict(parse_qsl(url.partition("?")[2])).keys():
        message = "Has a user or a password after its ?, which APPLICATION_USER cannot replace"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])
    return url


def _postgresql_url(values: Mapping[str, str]) -> str:
    problems = [
        Problem(name, f"Is not set{alternative}, but {other} is")
        for name, other, alternative in NEEDED
        if other in values and name not in values
    ]
    try:
        port = whole_number(values["POSTGRES_PORT"], 1, 65535)
    except ValueError as error:
        problems.append(Problem("POSTGRES_PORT", str(error)))
    if problems:
        raise InvalidRequest(problems)
    host, database = values["POSTGRES_HOSTNAME"], _quoted(values["APPLICATION_DB"])
    user, password = values["POSTGRES_USER"], values["POSTGRES_PASSWORD"]
    login = f"postgresql://{_quoted(user)}:{_quoted(password)}@"
    if host.startswith("/"):
        return f"{login}:{port}/{database}?host={_quoted(host)}"
    return f"{login}{f'[{host}]' if ':' in host else _quoted(host)}:{port}/{database}"


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


def user_of(url: str) -> str:
    """Return who logs in by a URL of PostgreSQL, if it says so."""
    found = LOGIN.match(url)
    return unquote(found[2] or "") if found else ""


def mask(url: str) -> str:
    """Return a URL without its passwords."""
    url = re.sub(r"(?s)(://[^:/?#]*:).*@", r"\1***@", url)
    return re.sub(r"(?i)([?&](?:[^=&]*password|authmechanismproperties)=)[^&]*", r"\1***", url)
