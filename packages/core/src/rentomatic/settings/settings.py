"""The settings, with their defaults and validation."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.positions import SecretGrid
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.connect import connect, scheme
from rentomatic.repository.protocols import Limits, Storage
from rentomatic.repository.read_only import read_only
from rentomatic.settings import values
from rentomatic.settings.file import SECRETS, merge
from rentomatic.settings.urls import Urls, login_of, mask, repository_urls, user_of

# Removed settings, and the setting that their values follow from.
REMOVED = {
    "RENTOMATIC_PROXY_TIMEOUT": "RENTOMATIC_REQUEST_TIMEOUT",
    "RENTOMATIC_STOP_TIMEOUT": "RENTOMATIC_REQUEST_TIMEOUT",
    "RENTOMATIC_IDLE_TIMEOUT": "RENTOMATIC_REQUEST_TIMEOUT",
    "RENTOMATIC_POOL_TIMEOUT": "RENTOMATIC_LOCK_TIMEOUT",
}

RESPONSE_SECONDS = 3  # of the request timeout that an import leaves for its response


class Declaration(NamedTuple):
    """A setting: its environment variable, its default as text, and its parser."""

    name: str
    default: str
    read: Callable[[str], Any]


# Default and description by name.
TABLE: dict[str, tuple[str, str]] = tomllib.loads(
    Path(__file__).with_name("settings.toml").read_text("utf-8")
)


def setting(name: str, read: Callable[[str], Any]) -> Any:
    """Declare a field of Settings."""
    default = TABLE[name][0]
    return field(default=read(default), metadata={"declaration": Declaration(name, default, read)})


@dataclass(frozen=True)
class Settings:
    """All settings. The URLs may contain passwords; times are in seconds."""

    # Database URLs of the application role and of the owner (migrations).
    repository: str
    owner: str
    maintenance_database: str = setting("POSTGRES_DB", str)
    environment: str = setting("FLASK_CONFIG", values.environment)
    bind: str = setting("RENTOMATIC_BIND", values.address)
    port: int = setting("RENTOMATIC_PORT", values.port)
    https_port: int | None = setting("RENTOMATIC_HTTPS_PORT", values.optional(values.port))
    certificate: str = setting("RENTOMATIC_CERTIFICATE", values.file)
    certificate_key: str = setting("RENTOMATIC_CERTIFICATE_KEY", values.file)
    hosts: tuple[str, ...] = setting("RENTOMATIC_HOSTS", values.hosts)
    trusted_proxies: tuple[str, ...] = setting("RENTOMATIC_TRUSTED_PROXIES", values.networks)
    rate_limit: int = setting("RENTOMATIC_RATE_LIMIT", values.whole(0, 100_000))
    micro_cache: bool = setting("RENTOMATIC_MICRO_CACHE", values.switch)
    workers: int = setting("WEB_CONCURRENCY", values.whole(1, 1024))
    max_requests: int = setting("RENTOMATIC_MAX_REQUESTS", values.whole(0, INT32_MAX))
    request_timeout: int = setting("RENTOMATIC_REQUEST_TIMEOUT", values.whole(3, 86_400))
    statement_timeout: int = setting("RENTOMATIC_STATEMENT_TIMEOUT", values.seconds)
    lock_timeout: int = setting("RENTOMATIC_LOCK_TIMEOUT", values.seconds)
    drain_delay: int = setting("RENTOMATIC_DRAIN_DELAY", values.whole(0, 3600))
    drain_file: str = setting("RENTOMATIC_DRAIN_FILE", str)
    reading: str = setting("RENTOMATIC_READING", values.reading)
    positions: str = setting("RENTOMATIC_POSITIONS", values.positions)
    positions_key: str = setting("RENTOMATIC_POSITIONS_KEY", values.secret)
    read_only: bool = setting("RENTOMATIC_READ_ONLY", values.switch)
    export_limit: int = setting("RENTOMATIC_EXPORT_LIMIT", values.whole(1, INT32_MAX))
    import_limit: int = setting("RENTOMATIC_IMPORT_LIMIT", values.whole(1, INT32_MAX))
    photos: tuple[str, ...] = setting("RENTOMATIC_PHOTOS", values.host_patterns)
    photo_folder: str = setting("RENTOMATIC_PHOTO_FOLDER", values.folder)
    photo_limit: int = setting("RENTOMATIC_PHOTO_LIMIT", values.whole(1, INT32_MAX))
    profiles: str = setting("RENTOMATIC_PROFILES", str)
    cors_origins: tuple[str, ...] = setting("RENTOMATIC_CORS_ORIGINS", values.origins)
    server_timing: bool = setting("RENTOMATIC_SERVER_TIMING", values.switch)
    currency: str = setting("RENTOMATIC_CURRENCY", values.currency)
    rental_period: str = setting("RENTOMATIC_RENTAL_PERIOD", values.rental_period)
    tiles: str = setting("RENTOMATIC_TILES", values.tiles)
    tiles_attribution: str = setting("RENTOMATIC_TILES_ATTRIBUTION", str)
    secret_key: str = setting("RENTOMATIC_SECRET_KEY", values.secret)
    backups: str = setting("RENTOMATIC_BACKUPS", str)

    @property
    def owner_serves(self) -> bool:
        """Whether the application connects as the owner of the tables; only with PostgreSQL."""
        is_same = login_of(self.repository) == login_of(self.owner)
        return is_same and scheme(self.owner).startswith("postgres")

    @property
    def application_user(self) -> str:
        """The application role, or an empty string if the application connects as the owner."""
        return "" if self.owner_serves else user_of(self.repository)

    # The innermost layer has to fail first, with the most specific error: a lock, a statement,
    # gunicorn's worker, Nginx, and last the shutdown of all.

    @property
    def proxy_timeout(self) -> int:
        """How long Nginx waits for a response."""
        return self.request_timeout + 5

    @property
    def stop_timeout(self) -> int:
        """How long a shutdown may take."""
        return self.request_timeout + 10

    @property
    def import_timeout(self) -> int:
        """How long an import over HTTP may take, so that its response is in time."""
        return max(1, self.request_timeout - RESPONSE_SECONDS)

    @property
    def limits(self) -> Limits:
        """The timeouts of the storage."""
        return Limits(
            statement=self.statement_timeout,
            lock=self.lock_timeout,
            idle=4 * self.request_timeout,
            pool=self.lock_timeout,
        )

    @property
    def caches_lists(self) -> bool:
        """Whether Nginx caches lists; never if reading needs a token."""
        return self.micro_cache and self.reading == "public"

    @property
    def grid(self) -> SecretGrid | None:
        """The grid of the shown points, or None if everyone sees exact positions."""
        return SecretGrid(self.positions_key) if self.positions == "approximate" else None

    def masked(self) -> dict[str, str]:
        """Return every setting as text by the name of its variable, without secrets."""
        return {
            "RENTOMATIC_REPOSITORY": mask(self.owner),
            "APPLICATION_USER": self.application_user,
            **{each.name: _shown(each.name, getattr(self, f)) for f, each in DECLARED.items()},
        }


DECLARED: dict[str, Declaration] = {
    each.name: each.metadata["declaration"] for each in fields(Settings) if each.metadata
}


def load(environ: Mapping[str, str], embedded: Path | None = None) -> Settings:
    """Return the settings of an environment and its JSON file; the environment takes precedence.

    Empty values count as unset. `embedded` is the socket directory of the database that is used if
    no other is set. Raises InvalidRequest with every missing and invalid setting.
    """
    given = merge(environ)
    urls, problems = Urls("", ""), _removed(given)
    try:
        urls = repository_urls(given, embedded)
    except InvalidRequest as error:
        problems += error.problems
    found, wrong = _read(given)
    if problems or wrong:
        raise InvalidRequest([*problems, *wrong])
    settings = Settings(urls.application, urls.owner, **found)
    if conflicts := _conflicts(settings):
        raise InvalidRequest(conflicts)
    # Memory is not shared: each process would have its own rooms.
    return replace(settings, workers=1) if scheme(urls.owner) == "memory" else settings


def _removed(given: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(name, f"is no longer a setting: its value follows from {successor}")
        for name, successor in REMOVED.items()
        if name in given
    ]


def _read(given: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of the declared settings by field, and the problems."""
    found: dict[str, Any] = {}
    problems = []
    for field_name, (name, default, read) in DECLARED.items():
        try:
            found[field_name] = read(given.get(name, default))
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    if not problems and "RENTOMATIC_STATEMENT_TIMEOUT" not in given:
        found["statement_timeout"] = found["request_timeout"] // 3
    if not problems and "RENTOMATIC_LOCK_TIMEOUT" not in given:
        found["lock_timeout"] = max(1, found["statement_timeout"] * 3 // 5)
    return found, problems


def open_storage(settings: Settings) -> Storage:
    """Connect to the storage as the application role."""
    storage = connect(settings.repository, settings.limits)
    return read_only(storage) if settings.read_only else storage


def owner_of(settings: Settings) -> str:
    """Return the owner's URL, or raise InvalidRequest if only the application role is set."""
    if settings.application_user and not user_of(settings.owner):
        message = (
            "This command connects as the owner of the database: set POSTGRES_USER and"
            " POSTGRES_PASSWORD, or put both into RENTOMATIC_REPOSITORY"
        )
        raise InvalidRequest([Problem("POSTGRES_USER", message)])
    return settings.owner


def open_owner_storage(settings: Settings) -> Storage:
    """Connect to the storage as the owner."""
    return connect(owner_of(settings), settings.limits)


def _conflicts(settings: Settings) -> list[Problem]:
    """Return conflicts between settings."""
    statement, request = settings.statement_timeout, settings.request_timeout
    problems = []
    if statement >= request:
        message = f"must be less than RENTOMATIC_REQUEST_TIMEOUT, which is {request}"
        problems.append(Problem("RENTOMATIC_STATEMENT_TIMEOUT", message))
    if settings.lock_timeout > statement:
        message = f"must not be greater than RENTOMATIC_STATEMENT_TIMEOUT, which is {statement}"
        problems.append(Problem("RENTOMATIC_LOCK_TIMEOUT", message))
    halves = {
        "RENTOMATIC_CERTIFICATE": settings.certificate,
        "RENTOMATIC_CERTIFICATE_KEY": settings.certificate_key,
    }
    problems += (
        Problem(missing, f"must be set together with {given}")
        for given, missing in permutations(halves)
        if halves[given] and not halves[missing]
    )
    if settings.certificate and settings.https_port is None:
        message = "must be set, because RENTOMATIC_CERTIFICATE is"
        problems.append(Problem("RENTOMATIC_HTTPS_PORT", message))
    if settings.https_port == settings.port:
        problems.append(Problem("RENTOMATIC_HTTPS_PORT", "must differ from RENTOMATIC_PORT"))
    return [*problems, *_missing_keys(settings)]


def _missing_keys(settings: Settings) -> Iterator[Problem]:
    if settings.environment == "production" and not settings.secret_key:
        message = "must be set, or RENTOMATIC_SECRET_KEY_FILE: production needs one of them"
        yield Problem("RENTOMATIC_SECRET_KEY", message)
    if settings.positions == "approximate" and not settings.positions_key:
        message = (
            "must be set, or RENTOMATIC_POSITIONS_KEY_FILE: approximate positions need one of them"
        )
        yield Problem("RENTOMATIC_POSITIONS_KEY", message)


def _shown(name: str, value: object) -> str:
    return "***" if value and name in SECRETS else _text(value)


def _text(value: object) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case tuple():
            return ",".join(value)
        case None:
            return ""
        case _:
            return str(value)
