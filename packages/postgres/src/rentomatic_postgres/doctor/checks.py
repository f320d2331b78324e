"""What `rentomatic doctor` finds of a PostgreSQL: who can reach it, and what is wrong with it."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from rentomatic.checks import Finding, Findings, error, ok, one_line, warning
from rentomatic.repository.connect import scheme
from rentomatic.settings.settings import Settings
from rentomatic.settings.urls import mask, user_of
from rentomatic_postgres.connections import make_serving_engine, parse_url
from rentomatic_postgres.doctor import capacity, roles, server

Check = Callable[[Connection, Settings], Findings]
# Findings, and then whether there could be any.
Examined = Generator[Finding, None, bool]

ROLE = roles.CHECKS
SERVER = (*server.CHECKS, *capacity.CHECKS)
REACH = (
    "Start the server, or correct host, user and password;"
    " rentomatic db init makes the database, and the role that serves"
)


def examine(settings: Settings) -> Findings:
    """Yield what is found of the role that serves, and of the server as its owner sees it.

    Where its owner cannot look, the role that serves does.
    """
    if not scheme(settings.owner).startswith("postgres"):
        return
    if settings.owner_serves:
        yield from _as("owner", settings.owner, settings, (*ROLE, *SERVER))
        return
    is_served = yield from _as("application", settings.repository, settings, ROLE)
    is_owned = yield from _owner(settings)
    if is_served and not is_owned:
        yield from _as("server", settings.repository, settings, SERVER)


def _owner(settings: Settings) -> Examined:
    if user_of(settings.owner):
        return (yield from _as("owner", settings.owner, settings, SERVER))
    yield ok("owner", "No owner is named, so nothing is migrated from here")
    return False


def _as(subject: str, url: str, settings: Settings, checks: tuple[Check, ...]) -> Examined:
    """Yield what the checks find as whom the URL names; return whether that one comes in."""
    try:
        with _connection(parse_url(url), settings) as connection:
            yield ok(subject, f"{mask(url)} can be reached")
            for check in checks:
                yield from _run(check, connection, settings)
    except DBAPIError as failure:
        yield error(subject, f"{mask(url)} cannot be reached: {_reason(failure)}", REACH)
        return False
    return True


@contextmanager
def _connection(url: URL, settings: Settings) -> Iterator[Connection]:
    engine = make_serving_engine(url, settings.limits)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _run(check: Check, connection: Connection, settings: Settings) -> Findings:
    """Yield what the check finds; one that fails hides no other."""
    try:
        yield from check(connection, settings)
    except DBAPIError as failure:
        subject = check.__name__.replace("_", " ")
        remedy = "Let the role read the catalogs, or see to what the message names"
        yield warning(subject, f"Cannot be examined: {_reason(failure)}", remedy)


def _reason(failure: DBAPIError) -> str:
    """Return what the server said, without the statement, on one line."""
    return one_line(failure.orig)
