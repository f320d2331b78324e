"""Where the rooms are, as one URL."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.numbers import whole_number

NEEDED = {"POSTGRES_USER": "", "POSTGRES_PASSWORD": ", nor is POSTGRES_PASSWORD_FILE"}


def repository_url(values: Mapping[str, str], embedded: Path | None) -> str:
    """Return where the rooms are: the URL given, or the PostgreSQL host given, or our own."""
    if "RENTOMATIC_REPOSITORY" in values:
        return values["RENTOMATIC_REPOSITORY"]
    if "POSTGRES_HOSTNAME" in values:
        return _postgresql_url(values)
    if embedded is None:
        message = "Is not set, and POSTGRES_HOSTNAME is not either: there is no database"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])
    return f"postgresql://postgres@/{_quoted(values['APPLICATION_DB'])}?host={_quoted(embedded)}"


def _postgresql_url(values: Mapping[str, str]) -> str:
    problems = [
        Problem(name, f"Is not set{alternative}, but POSTGRES_HOSTNAME is")
        for name, alternative in NEEDED.items()
        if name not in values
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


def mask(url: str) -> str:
    """Return a URL without its passwords."""
    url = re.sub(r"(?s)(://[^:/?#]*:).*@", r"\1***@", url)
    return re.sub(r"(?i)([?&](?:[^=&]*password|authmechanismproperties)=)[^&]*", r"\1***", url)
