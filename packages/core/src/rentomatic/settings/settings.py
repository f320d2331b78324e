"""From the environment, over a JSON file, to one checked value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from rentomatic.domain.numbers import INT32_MAX
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.connect import connect, scheme
from rentomatic.repository.protocols import Limits, Storage
from rentomatic.repository.read_only import read_only
from rentomatic.settings import values
from rentomatic.settings.file import SECRETS, merge
from rentomatic.settings.urls import Urls, login_of, mask, repository_urls, user_of

# Each of these gives up before the next one does, so that whoever knows most says what was wrong.
NESTED = (
    "RENTOMATIC_LOCK_TIMEOUT",
    "RENTOMATIC_STATEMENT_TIMEOUT",
    "RENTOMATIC_REQUEST_TIMEOUT",
    "RENTOMATIC_PROXY_TIMEOUT",
    "RENTOMATIC_STOP_TIMEOUT",
)

ANSWERING = 3  # seconds that are left of a request when an import has to be done


class Declaration(NamedTuple):
    """How one setting becomes a value, and the value text again."""

    name: str
    default: str
    read: Callable[[str], Any]


def setting(name: str, default: str, read: Callable[[str], Any]) -> Any:
    """Declare a field of Settings: the variable that sets it, and how its text is read."""
    return field(default=read(default), metadata={"declaration": Declaration(name, default, read)})


@dataclass(frozen=True)
class Settings:
    """Everything an operator can choose; the two URLs may hold passwords, times are seconds."""

    # That serves, and that may change tables: the same unless PostgreSQL has a role for each.
    repository: str
    owner: str
    maintenance_database: str = setting("POSTGRES_DB", "postgres", str)
    environment: str = setting("FLASK_CONFIG", "development", values.environment)
    bind: str = setting("RENTOMATIC_BIND", "127.0.0.1", values.address)
    port: int = setting("RENTOMATIC_PORT", "8080", values.port)
    https_port: int | None = setting("RENTOMATIC_HTTPS_PORT", "", values.optional(values.port))
    certificate: str = setting("RENTOMATIC_CERTIFICATE", "", values.file)
    certificate_key: str = setting("RENTOMATIC_CERTIFICATE_KEY", "", values.file)
    hosts: tuple[str, ...] = setting("RENTOMATIC_HOSTS", "", values.hosts)
    trusted_proxies: tuple[str, ...] = setting("RENTOMATIC_TRUSTED_PROXIES", "", values.networks)
    rate_limit: int = setting("RENTOMATIC_RATE_LIMIT", "0", values.whole(0, 100_000))
    micro_cache: bool = setting("RENTOMATIC_MICRO_CACHE", "off", values.switch)
    workers: int = setting("WEB_CONCURRENCY", "4", values.whole(1, 1024))
    max_requests: int = setting("RENTOMATIC_MAX_REQUESTS", "10000", values.whole(0, INT32_MAX))
    lock_timeout: int = setting("RENTOMATIC_LOCK_TIMEOUT", "3", values.seconds)
    statement_timeout: int = setting("RENTOMATIC_STATEMENT_TIMEOUT", "5", values.seconds)
    idle_timeout: int = setting("RENTOMATIC_IDLE_TIMEOUT", "60", values.seconds)
    pool_timeout: int = setting("RENTOMATIC_POOL_TIMEOUT", "3", values.seconds)
    request_timeout: int = setting("RENTOMATIC_REQUEST_TIMEOUT", "15", values.seconds)
    proxy_timeout: int = setting("RENTOMATIC_PROXY_TIMEOUT", "20", values.seconds)
    stop_timeout: int = setting("RENTOMATIC_STOP_TIMEOUT", "25", values.seconds)
    drain_delay: int = setting("RENTOMATIC_DRAIN_DELAY", "0", values.whole(0, 3600))
    drain_file: str = setting("RENTOMATIC_DRAIN_FILE", "", str)
    reading: str = setting("RENTOMATIC_READING", "public", values.reading)
    read_only: bool = setting("RENTOMATIC_READ_ONLY", "off", values.switch)
    export_limit: int = setting("RENTOMATIC_EXPORT_LIMIT", "100000", values.whole(1, INT32_MAX))
    import_limit: int = setting("RENTOMATIC_IMPORT_LIMIT", "16777216", values.whole(1, INT32_MAX))
    cors_origins: tuple[str, ...] = setting("RENTOMATIC_CORS_ORIGINS", "", values.origins)
    server_timing: bool = setting("RENTOMATIC_SERVER_TIMING", "off", values.switch)
    currency: str = setting("RENTOMATIC_CURRENCY", "EUR", values.currency)
    rental_period: str = setting("RENTOMATIC_RENTAL_PERIOD", "day", values.rental_period)
    tiles: str = setting("RENTOMATIC_TILES", "", values.tiles)
    tiles_attribution: str = setting("RENTOMATIC_TILES_ATTRIBUTION", "", str)
    secret_key: str = setting("RENTOMATIC_SECRET_KEY", "", values.secret)
    backups: str = setting("RENTOMATIC_BACKUPS", ".state/backups", str)

    @property
    def owner_serves(self) -> bool:
        """Say whether whoever serves may change the tables; only PostgreSQL knows a difference."""
        same = login_of(self.repository) == login_of(self.owner)
        return same and scheme(self.owner).startswith("postgres")

    @property
    def application_user(self) -> str:
        """Return who serves and is not the owner, or nothing."""
        return "" if self.owner_serves else user_of(self.repository)

    @property
    def limits(self) -> Limits:
        """Return how long the repository may take."""
        return Limits(
            self.statement_timeout, self.lock_timeout, self.idle_timeout, self.pool_timeout
        )

    @property
    def caches_lists(self) -> bool:
        """Say whether lists are kept for a second: what needs a token is nobody else's to keep."""
        return self.micro_cache and self.reading == "public"

    @property
    def import_timeout(self) -> int:
        """Return how long an import over HTTP may take: its answer has to be given in time."""
        return max(1, self.request_timeout - ANSWERING)

    def masked(self) -> dict[str, str]:
        """Return every setting by the name that sets it, as text that may be shown to anyone."""
        return {
            "RENTOMATIC_REPOSITORY": mask(self.owner),
            "APPLICATION_USER": self.application_user,
            **{each.name: _shown(each.name, getattr(self, f)) for f, each in DECLARED.items()},
        }


DECLARED: dict[str, Declaration] = {
    each.name: each.metadata["declaration"] for each in fields(Settings) if each.metadata
}


def load(environ: Mapping[str, str], embedded: Path | None = None) -> Settings:
    """Return the settings of an environment, which wins over the JSON file that it chooses.

    A blank value is no value. `embedded` is the socket directory of the database that serves when
    none is named. Raises InvalidRequest that names every missing and every wrong value.
    """
    given = merge(environ)
    problems: list[Problem] = []
    urls = Urls("", "")
    try:
        urls = repository_urls(given, embedded)
    except InvalidRequest as error:
        problems += error.problems
    chosen: dict[str, Any] = {}
    for field_name, (name, default, read) in DECLARED.items():
        try:
            chosen[field_name] = read(given.get(name, default))
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    settings = Settings(urls.application, urls.owner, **chosen)
    problems += () if problems else _contradictions(settings)
    if problems:
        raise InvalidRequest(problems)
    # Memory is not shared: a second process would answer from other rooms.
    return replace(settings, workers=1) if scheme(urls.owner) == "memory" else settings


def open_storage(settings: Settings) -> Storage:
    """Return what is kept where the settings say, within their limits."""
    storage = connect(settings.repository, settings.limits)
    return read_only(storage) if settings.read_only else storage


def owner_of(settings: Settings) -> str:
    """Return the owner's URL, or raise InvalidRequest if only the application role is named."""
    if settings.application_user and not user_of(settings.owner):
        message = (
            "This command connects as the owner of the database: set POSTGRES_USER and"
            " POSTGRES_PASSWORD, or put both into RENTOMATIC_REPOSITORY"
        )
        raise InvalidRequest([Problem("POSTGRES_USER", message)])
    return settings.owner


def open_owner_storage(settings: Settings) -> Storage:
    """Return the storage for commands that only the owner may run."""
    return connect(owner_of(settings), settings.limits)


def _contradictions(settings: Settings) -> list[Problem]:
    """Return what no setting says wrongly, but two of them do."""
    seconds = {each.name: getattr(settings, name) for name, each in DECLARED.items()}
    problems = [
        Problem(longer, f"Is not more than {shorter}, which is {seconds[shorter]}")
        for shorter, longer in pairwise(NESTED)
        if seconds[shorter] >= seconds[longer]
    ]
    if bool(settings.certificate) != bool(settings.certificate_key):
        missing = "RENTOMATIC_CERTIFICATE" + ("_KEY" if settings.certificate else "")
        problems.append(Problem(missing, "Is not set, but its other half is"))
    if settings.certificate and settings.https_port is None:
        message = "Is not set, but RENTOMATIC_CERTIFICATE is"
        problems.append(Problem("RENTOMATIC_HTTPS_PORT", message))
    if settings.environment == "production" and not settings.secret_key:
        message = "Is not set, nor is RENTOMATIC_SECRET_KEY_FILE: production needs one"
        problems.append(Problem("RENTOMATIC_SECRET_KEY", message))
    if settings.https_port == settings.port:
        problems.append(Problem("RENTOMATIC_HTTPS_PORT", "Is RENTOMATIC_PORT as well"))
    return problems


def _shown(name: str, value: object) -> str:
    """Return the value as it is set, unless it is a secret."""
    return "***" if value and name in SECRETS else _text(value)


def _text(value: object) -> str:
    """Return the value as it is set."""
    match value:
        case bool():
            return "on" if value else "off"
        case tuple():
            return ",".join(value)
        case None:
            return ""
        case _:
            return str(value)
