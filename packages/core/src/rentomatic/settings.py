"""From the environment, over a JSON file, to one checked value."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository import scheme
from rentomatic.requests import whole_number

DEFAULTS = {
    "APPLICATION_CONFIG": "development",
    "APPLICATION_CONFIG_PATH": "services/config",
    "APPLICATION_DB": "application",
    "FLASK_CONFIG": "development",
    "POSTGRES_DB": "postgres",
    "POSTGRES_PORT": "5432",
    "RENTOMATIC_BIND": "127.0.0.1",
    "RENTOMATIC_PORT": "8080",
    "WEB_CONCURRENCY": "4",
}
ENVIRONMENTS = ("development", "testing", "production")

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """Everything an operator can choose; `repository` is a URL and may hold a password."""

    repository: str
    maintenance_database: str
    environment: str
    bind: str
    port: int
    workers: int

    def masked(self) -> dict[str, str]:
        """Return every setting by the name that sets it, as text that may be shown to anyone."""
        return {
            "RENTOMATIC_REPOSITORY": mask(self.repository),
            "POSTGRES_DB": self.maintenance_database,
            "FLASK_CONFIG": self.environment,
            "RENTOMATIC_BIND": self.bind,
            "RENTOMATIC_PORT": str(self.port),
            "WEB_CONCURRENCY": str(self.workers),
        }


def mask(url: str) -> str:
    """Return a URL without its passwords."""
    url = re.sub(r"(?s)(://[^:/?#]*:).*@", r"\1***@", url)
    return re.sub(r"(?i)([?&][^=&]*password=)[^&]*", r"\1***", url)


def load(environ: Mapping[str, str], embedded: Path | None = None) -> Settings:
    """Return the settings of an environment, which wins over the JSON file that it chooses.

    A blank value is no value. `embedded` is the socket directory of the database that serves when
    none is named. Raises InvalidRequest that names every missing and every wrong value.
    """
    given = {name: value for name, value in environ.items() if value}
    values = {**DEFAULTS, **_read_file(given), **given}
    problems: list[Problem] = []

    def read(name: str, convert: Callable[[str], T], otherwise: T) -> T:
        try:
            return convert(values[name])
        except ValueError as error:
            problems.append(Problem(name, str(error)))
            return otherwise

    repository = ""
    try:
        repository = _repository(values, embedded)
    except InvalidRequest as error:
        problems += error.problems
    settings = Settings(
        repository=repository,
        maintenance_database=values["POSTGRES_DB"],
        environment=read("FLASK_CONFIG", _environment, ""),
        bind=read("RENTOMATIC_BIND", _address, ""),
        port=read("RENTOMATIC_PORT", _port, 0),
        workers=read("WEB_CONCURRENCY", _workers, 0),
    )
    if problems:
        raise InvalidRequest(problems)
    # Memory is not shared: a second process would answer from other rooms.
    return replace(settings, workers=1) if scheme(repository) == "memory" else settings


def _read_file(given: Mapping[str, str]) -> dict[str, str]:
    """Return what the chosen file says: a JSON list of {"name": …, "value": …}."""
    name = given.get("APPLICATION_CONFIG", DEFAULTS["APPLICATION_CONFIG"])
    folder = Path(given.get("APPLICATION_CONFIG_PATH", DEFAULTS["APPLICATION_CONFIG_PATH"]))
    try:
        entries = json.loads((folder / f"{name}.json").read_text("utf-8"))
        return {entry["name"]: str(entry["value"]) for entry in entries if entry["value"] != ""}
    except FileNotFoundError:
        if "APPLICATION_CONFIG" not in given:
            return {}
        raise _invalid("APPLICATION_CONFIG", f"There is no file {folder / name}.json") from None
    except OSError as error:
        message = f"{folder / name}.json cannot be read: {error.strerror}"
        raise _invalid("APPLICATION_CONFIG", message) from None
    except (ValueError, TypeError, KeyError):
        message = f"{folder / name}.json is not a JSON list of name/value pairs"
        raise _invalid("APPLICATION_CONFIG", message) from None


def _repository(values: Mapping[str, str], embedded: Path | None) -> str:
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
        port = _port(values["POSTGRES_PORT"])
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


def _environment(text: str) -> str:
    if text not in ENVIRONMENTS:
        raise ValueError(f"Is not one of {', '.join(ENVIRONMENTS)}")
    return text


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("Is not an IP address") from None


def _port(text: str) -> int:
    return whole_number(text, 1, 65535)


def _workers(text: str) -> int:
    return whole_number(text, 1, 1024)
