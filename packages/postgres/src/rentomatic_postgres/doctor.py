"""What `rentomatic doctor` finds of a PostgreSQL: who can reach it, and what is wrong with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from rentomatic.findings import Findings, error, ok, one_line, warning
from rentomatic.repository import scheme
from rentomatic.repository_url import mask, user_of
from rentomatic.settings import Settings
from rentomatic_postgres import capacity_checks, role_checks, server_checks
from rentomatic_postgres.engine import make_serving_engine, parse_url

Check = Callable[[Connection, Settings], Findings]

SERVER = (*server_checks.CHECKS, *capacity_checks.CHECKS)


def examine(settings: Settings) -> Findings:
    """Yield what is found as the role that serves, and of the server as its owner.

    Where only one of them comes in, it says what it can of the server.
    """
    if not scheme(settings.owner).startswith("postgres"):
        return
    serving = (*role_checks.CHECKS, *(SERVER if settings.owner_serves else ()))
    if settings.owner_serves:
        yield from _as("owner", settings.owner, settings, serving)
    elif not user_of(settings.owner):
        yield ok("owner", "No owner is named, so this installation migrates nothing")
        yield from _as("application", settings.repository, settings, (*serving, *SERVER))
    else:
        yield from _as("application", settings.repository, settings, serving)
        yield from _as("owner", settings.owner, settings, SERVER)


def _as(subject: str, url: str, settings: Settings, checks: tuple[Check, ...]) -> Findings:
    """Yield what the checks find as whom the URL names; one that fails hides no other."""
    try:
        with _connection(parse_url(url), settings) as connection:
            yield ok(subject, f"{mask(url)} can be reached")
            yield from chain.from_iterable(_run(each, connection, settings) for each in checks)
    except DBAPIError as failure:
        remedy = "Start the server, or correct host, user and password; ./just init-db makes both"
        yield error(subject, f"{mask(url)} cannot be reached: {_reason(failure)}", remedy)


@contextmanager
def _connection(url: URL, settings: Settings) -> Iterator[Connection]:
    engine = make_serving_engine(url, settings.limits)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _run(check: Check, connection: Connection, settings: Settings) -> Findings:
    try:
        yield from check(connection, settings)
    except DBAPIError as failure:
        subject = check.__name__.replace("_", " ")
        remedy = "Let the role read the catalogs, or see to what the message names"
        yield warning(subject, f"Cannot be examined: {_reason(failure)}", remedy)


def _reason(failure: DBAPIError) -> str:
    """Return what the server said, without the statement, on one line."""
    return one_line(failure.orig)
