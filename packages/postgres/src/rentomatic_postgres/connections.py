"""From a URL to connections."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import URL, Engine, PoolProxiedConnection, QueuePool, create_engine, event
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.connect import scheme
from rentomatic.repository.protocols import Connections, Limits
from rentomatic.settings.settings import Settings, owner_of
from rentomatic_postgres.urls import connection_parameters, make_url_of_hosts

# One sync worker uses one connection; the others are opened only by processes with threads.
POOL_SIZE = 5

CONNECTING = {
    "application_name": "rentomatic",
    "connect_timeout": "3",
    "tcp_user_timeout": "10000",
}

OWNER_OPTIONS = "-c statement_timeout=0 -c lock_timeout=3s"

# A limit in the URL stays, and one of the role does not: every role can change its own limits.
# They are set by a statement, because PgBouncer refuses them as start-up options.
SET_LIMITS = """
SELECT set_config(name, wanted.value, false)
FROM json_each_text(%s) AS wanted (name, value) JOIN pg_settings USING (name)
WHERE source <> 'client'
"""


class CountedPool(QueuePool):
    """A pool that knows how often somebody waited for a connection in vain."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.timeouts = 0
        self._counting = Lock()

    def connect(self) -> PoolProxiedConnection:
        try:
            return super().connect()
        except PoolTimeout:
            with self._counting:
                self.timeouts += 1
            raise


def parse_url(url: str) -> URL:
    """Return the URL with psycopg2 as its driver, or raise InvalidRequest."""
    try:
        parsed = make_url_of_hosts(url)
        connection_parameters(parsed)
    except (ArgumentError, ValueError):
        problem = Problem("RENTOMATIC_REPOSITORY", "Is not the URL of a PostgreSQL database")
        raise InvalidRequest([problem]) from None
    return parsed


def owner_url(settings: Settings) -> URL:
    """Return the URL of the owner, whom all of these commands need."""
    if scheme(settings.owner) not in ("postgres", "postgresql"):
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", "Is not a PostgreSQL database")])
    return parse_url(owner_of(settings))


def role_limits(limits: Limits) -> dict[str, str]:
    """Return the limits that PostgreSQL keeps itself, by its own names."""
    return {
        "statement_timeout": f"{limits.statement}s",
        "lock_timeout": f"{limits.lock}s",
        "idle_in_transaction_session_timeout": f"{limits.idle}s",
        # Compiling takes seconds where there are many conditions, and no timeout interrupts it.
        "jit": "off",
    }


def make_engine(url: URL, pool_wait: int = Limits().pool, **options: str) -> Engine:
    """Return an engine that opens connections when they are needed.

    Every statement is a transaction of its own unless a caller says otherwise: a read then costs
    one round trip instead of three. What the URL itself says of an option stays.
    """
    wanted = CONNECTING | options
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=CountedPool,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=pool_wait,
        pool_use_lifo=True,
        hide_parameters=True,  # an error would quote them, and some are digests
        connect_args={name: value for name, value in wanted.items() if name not in url.query},
    )


def make_serving_engine(url: URL, limits: Limits) -> Engine:
    """Return an engine for requests, whose connections have time limits."""
    engine = make_engine(url, limits.pool)
    wanted = json.dumps(role_limits(limits))

    def set_limits(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SET_LIMITS, [wanted])

    event.listen(engine, "connect", set_limits)
    return engine


@contextmanager
def owner_engine(url: URL) -> Iterator[Engine]:
    """Lend an engine for what takes its time, such as a migration, but waits for nobody for long.

    Whoever waits for a lock on a table keeps all others waiting behind him.
    """
    engine = make_engine(url, options=OWNER_OPTIONS)
    try:
        yield engine
    finally:
        engine.dispose()


def connections(engine: Engine) -> Connections:
    """Return what the pool of the engine, which make_engine has made, holds right now."""
    pool = engine.pool
    assert isinstance(pool, CountedPool)  # nosec B101 # noqa: S101 (make_engine knows no other)
    return Connections(pool.checkedout(), pool.checkedin(), pool.size(), pool.timeouts)
