"""Run the checks of `rentomatic doctor` as the application role and as the owner."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from rentomatic.checks import Result, Results, error, ok, one_line, warning
from rentomatic.repository.connect import scheme
from rentomatic.settings.settings import Settings
from rentomatic.settings.urls import mask, user_of
from rentomatic_postgres.connections import make_application_engine, parse_url
from rentomatic_postgres.doctor import capacity, roles, server

Check = Callable[[Connection, Settings], Results]

SERVER_CHECKS = (*server.CHECKS, *capacity.CHECKS)
CONNECT_REMEDY = (
    "Start the server, or correct host, user and password;"
    " rentomatic db init creates the database and the application role"
)


def check(settings: Settings) -> Results:
    """Check the application role, and the server as its owner.

    If the owner cannot connect, the application role checks the server.
    """
    if not scheme(settings.owner).startswith("postgres"):
        return
    if settings.owner_serves:
        checks = (*roles.CHECKS, *SERVER_CHECKS)
        yield from _run_as("owner", settings.owner, settings, checks)
        return
    repository = settings.repository
    connected = yield from _run_as("application", repository, settings, roles.CHECKS)
    owner_connected = yield from _run_as_owner(settings)
    if connected and not owner_connected:
        yield from _run_as("server", repository, settings, SERVER_CHECKS)


def _run_as_owner(settings: Settings) -> Generator[Result, None, bool]:
    if user_of(settings.owner):
        return (yield from _run_as("owner", settings.owner, settings, SERVER_CHECKS))
    yield ok("owner", "No owner is configured, so migrations do not run from here")
    return False


def _run_as(
    subject: str, url: str, settings: Settings, checks: tuple[Check, ...]
) -> Generator[Result, None, bool]:
    """Connect with `url`, run `checks`; return whether the connection succeeded."""
    try:
        with _connection(parse_url(url), settings) as connection:
            yield ok(subject, f"Connected to {mask(url)}")
            for check in checks:
                yield from _run(check, connection, settings)
    except DBAPIError as failure:
        message = f"Cannot connect to {mask(url)}: {one_line(failure.orig)}"
        yield error(subject, message, CONNECT_REMEDY)
        return False
    return True


@contextmanager
def _connection(url: URL, settings: Settings) -> Iterator[Connection]:
    engine = make_application_engine(url, settings.limits)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _run(check: Check, connection: Connection, settings: Settings) -> Results:
    """Run one check; if it fails, the next ones still run."""
    try:
        yield from check(connection, settings)
    except DBAPIError as failure:
        remedy = "Allow the role to read the catalogs, or solve the problem in the message"
        yield warning(check.__name__, f"Check failed: {one_line(failure.orig)}", remedy)
