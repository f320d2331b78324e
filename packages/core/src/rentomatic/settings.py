"""From the environment, over a JSON file, to one checked value."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rentomatic import setting_values
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository import scheme
from rentomatic.repository_url import Urls, mask, read_password, repository_urls, user_of

DEFAULTS = {
    "APPLICATION_CONFIG": "development",
    "APPLICATION_CONFIG_PATH": "services/config",
    "APPLICATION_DB": "application",
    "FLASK_CONFIG": "development",
    "POSTGRES_DB": "postgres",
    "POSTGRES_PORT": "5432",
    "RENTOMATIC_BIND": "127.0.0.1",
    "RENTOMATIC_CORS_ORIGINS": "",
    "RENTOMATIC_EXPORT_LIMIT": "100000",
    "RENTOMATIC_IMPORT_LIMIT": "16777216",
    "RENTOMATIC_PORT": "8080",
    "RENTOMATIC_READING": "public",
    "RENTOMATIC_SERVER_TIMING": "off",
    "WEB_CONCURRENCY": "4",
}
# Each of these says what another says as well: where the environment has one, the file has none.
ALTERNATIVES = (
    {"APPLICATION_PASSWORD", "APPLICATION_PASSWORD_FILE"},
    {"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"},
    {"RENTOMATIC_REPOSITORY", "POSTGRES_HOSTNAME"},
)

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """Everything an operator can choose; the two URLs may hold passwords."""

    # That serves, and that may change tables: the same unless PostgreSQL has a role for each.
    repository: str
    owner: str
    maintenance_database: str
    environment: str
    bind: str
    port: int
    workers: int
    export_limit: int = 100_000
    import_limit: int = 16 * 2**20
    cors_origins: tuple[str, ...] = ()
    server_timing: bool = False
    reading: str = "public"

    @property
    def owner_serves(self) -> bool:
        """Say whether whoever serves may change the tables; only PostgreSQL knows a difference."""
        return self.repository == self.owner and scheme(self.owner).startswith("postgres")

    @property
    def application_user(self) -> str:
        """Return who serves and is not the owner, or nothing."""
        return "" if self.owner_serves else user_of(self.repository)

    def masked(self) -> dict[str, str]:
        """Return every setting by the name that sets it, as text that may be shown to anyone."""
        return {
            "RENTOMATIC_REPOSITORY": mask(self.owner),
            "APPLICATION_USER": self.application_user,
            "POSTGRES_DB": self.maintenance_database,
            "FLASK_CONFIG": self.environment,
            "RENTOMATIC_BIND": self.bind,
            "RENTOMATIC_PORT": str(self.port),
            "WEB_CONCURRENCY": str(self.workers),
            "RENTOMATIC_CORS_ORIGINS": ",".join(self.cors_origins),
            "RENTOMATIC_READING": self.reading,
            "RENTOMATIC_SERVER_TIMING": "on" if self.server_timing else "off",
            "RENTOMATIC_EXPORT_LIMIT": str(self.export_limit),
            "RENTOMATIC_IMPORT_LIMIT": str(self.import_limit),
        }


def load(environ: Mapping[str, str], embedded: Path | None = None) -> Settings:
    """Return the settings of an environment, which wins over the JSON file that it chooses.

    A blank value is no value. `embedded` is the socket directory of the database that serves when
    none is named. Raises InvalidRequest that names every missing and every wrong value.
    """
    values = DEFAULTS | merge(environ)
    problems: list[Problem] = []

    def read(name: str, convert: Callable[[str], T], otherwise: T) -> T:
        try:
            return convert(values[name])
        except ValueError as error:
            problems.append(Problem(name, str(error)))
            return otherwise

    urls = Urls("", "")
    try:
        urls = repository_urls(values, embedded)
    except InvalidRequest as error:
        problems += error.problems
    settings = Settings(
        repository=urls.application,
        owner=urls.owner,
        maintenance_database=values["POSTGRES_DB"],
        environment=read("FLASK_CONFIG", setting_values.environment, ""),
        bind=read("RENTOMATIC_BIND", setting_values.address, ""),
        port=read("RENTOMATIC_PORT", setting_values.port, 0),
        workers=read("WEB_CONCURRENCY", setting_values.workers, 0),
        cors_origins=read("RENTOMATIC_CORS_ORIGINS", setting_values.origins, tuple[str, ...]()),
        server_timing=read("RENTOMATIC_SERVER_TIMING", setting_values.switch, False),
        reading=read("RENTOMATIC_READING", setting_values.reading, ""),
        export_limit=read("RENTOMATIC_EXPORT_LIMIT", setting_values.export_limit, 0),
        import_limit=read("RENTOMATIC_IMPORT_LIMIT", setting_values.import_limit, 0),
    )
    if problems:
        raise InvalidRequest(problems)
    # Memory is not shared: a second process would answer from other rooms.
    return replace(settings, workers=1) if scheme(urls.owner) == "memory" else settings


def merge(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what an environment and the file that it chooses say together, unchecked."""
    given = {name: value for name, value in environ.items() if value}
    overruled = set().union(*(names for names in ALTERNATIVES if names & given.keys()))
    file = {name: text for name, text in _read_file(given).items() if name not in overruled}
    values = file | given
    for name in ("APPLICATION_PASSWORD", "POSTGRES_PASSWORD"):
        if name not in values and (file_name := f"{name}_FILE") in values:
            values[name] = read_password(file_name, Path(values[file_name]))
    return values


def _read_file(given: Mapping[str, str]) -> dict[str, str]:
    """Return what the chosen file says: a JSON list of {"name": …, "value": …}."""
    name = given.get("APPLICATION_CONFIG", DEFAULTS["APPLICATION_CONFIG"])
    folder = Path(given.get("APPLICATION_CONFIG_PATH", DEFAULTS["APPLICATION_CONFIG_PATH"]))
    file = folder / f"{name}.json"
    if not file.exists() and "APPLICATION_CONFIG" not in given:
        return {}
    try:
        pairs = {entry["name"]: entry["value"] for entry in json.loads(file.read_text("utf-8"))}
        return {name: str(value) for name, value in pairs.items() if value not in ("", None)}
    except FileNotFoundError:
        message = f"There is no file {file}"
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
    except (ValueError, TypeError, KeyError):
        message = f"{file} is not a JSON list of name/value pairs"
    raise InvalidRequest([Problem("APPLICATION_CONFIG", message)])
