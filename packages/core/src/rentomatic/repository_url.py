"""Where the rooms are, as one URL."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.numbers import whole_number


def repository_url(values: Mapping[str, str], embedded: Path | None) -> str:
    """Return where the rooms are: the URL given, or the PostgreSQL host given, or our own."""
    if "RENTOMATIC_REPOSITORY" in values:
        return values["RENTOMATIC_REPOSITORY"]
    if "POSTGRES_HOSTNAME" in values:
        return _postgresql_url(values)
    if embedded is None:
        message = "Is not set, and POSTGRES_HOSTNAME is not either: there is no database"
        raise _invalid("RENTOMATIC_REPOSITORY", message)
    return f"postgresql://postgres@/{_quoted(values['APPLICATION_DB'])}?host={_quoted(embedded)}"


def _postgresql_url(values: Mapping[str, str]) -> str:
    problems = []
    user, password = values.get("POSTGRES_USER", ""), ""
    if not user:
        problems.append(Problem("POSTGRES_USER", "Is not set, but POSTGRES_HOSTNAME is"))
    try:
        password = _password(values)
        port = whole_number(values["POSTGRES_PORT"], 1, 65535)
    except InvalidRequest as error:
        problems += error.problems
    except ValueError as error:
        problems.append(Problem("POSTGRES_PORT", str(error)))
    if problems:
        raise InvalidRequest(problems)
    host, database = values["POSTGRES_HOSTNAME"], _quoted(values["APPLICATION_DB"])
    login = f"postgresql://{_quoted(user)}:{_quoted(password)}@"
    if host.startswith("/"):
        return f"{login}:{port}/{database}?host={_quoted(host)}"
    return f"{login}{f'[{host}]' if ':' in host else _quoted(host)}:{port}/{database}"


def _password(values: Mapping[str, str]) -> str:
    """Return the password itself, or what stands in the file named instead."""
    if "POSTGRES_PASSWORD" in values:
        return values["POSTGRES_PASSWORD"]
    if "POSTGRES_PASSWORD_FILE" not in values:
        message = "Is not set, nor is POSTGRES_PASSWORD_FILE, but POSTGRES_HOSTNAME is"
        raise _invalid("POSTGRES_PASSWORD", message)
    path = Path(values["POSTGRES_PASSWORD_FILE"])
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise _invalid("POSTGRES_PASSWORD_FILE", f"{path} cannot be read") from None


def _invalid(name: str, message: str) -> InvalidRequest:
    return InvalidRequest([Problem(name, message)])


def _quoted(part: object) -> str:
    return quote(str(part), safe="")


def mask(url: str) -> str:
    """Return a URL without its passwords."""
    url = re.sub(r"(?s)(://[^:/?#]*:).*@", r"\1***@", url)
    return re.sub(r"(?i)([?&][^=&]*password=)[^&]*", r"\1***", url)
