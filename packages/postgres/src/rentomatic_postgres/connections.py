"""Database URLs, engines and the connection pool."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import orjson
from sqlalchemy import URL, Engine, PoolProxiedConnection, QueuePool, create_engine, event
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.connect import scheme
from rentomatic.repository.protocols import Connections, Limits
from rentomatic.settings.settings import Settings, owner_of
from rentomatic_postgres.urls import connection_parameters, make_url_of_hosts

# A sync worker uses one connection; only workers with threads open more.
POOL_SIZE = 5

CONNECT_OPTIONS = {
    "application_name": "rentomatic",
    "connect_timeout": "3",  # seconds
    "tcp_user_timeout": "10000",  # milliseconds
}

OWNER_OPTIONS = "-c statement_timeout=0 -c lock_timeout=3s"

# Settings in the URL take precedence; those of the role do not, because a role can change its own.
# A statement sets them, because PgBouncer rejects them as startup parameters.
APPLY_SETTINGS = """
SELECT set_config(name, configured.value, false)
FROM json_each_text(%s) AS configured (name, value) JOIN pg_settings USING (name)
WHERE source <> 'client'
"""


# Member of a connection's `info`: names of its prepared statements; missing if it prepares none.
PREPARED = "prepared"


class CountedPool(QueuePool):
    """A pool that counts timeouts of waiting for a connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.timeouts = 0
        self._lock = Lock()

    def connect(self) -> PoolProxiedConnection:
        try:
            return super().connect()
        except PoolTimeout:
            with self._lock:
                self.timeouts += 1
            raise


def parse_url(url: str) -> URL:
    """Return the URL with psycopg2 as its driver, or raise InvalidRequest."""
    try:
        parsed = make_url_of_hosts(url)
        connection_parameters(parsed)
    except (ArgumentError, ValueError):
        problem = Problem("RENTOMATIC_REPOSITORY", "must be a valid PostgreSQL URL")
        raise InvalidRequest([problem]) from None
    return parsed


def owner_url(settings: Settings) -> URL:
    """Return the URL of the database's owner; raise InvalidRequest if the storage is another."""
    if scheme(settings.owner) not in ("postgres", "postgresql"):
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", "must be a PostgreSQL URL")])
    return parse_url(owner_of(settings))


def role_settings(limits: Limits) -> dict[str, str]:
    """Return PostgreSQL's settings for the application role."""
    return {
        "statement_timeout": f"{limits.statement}s",
        "lock_timeout": f"{limits.lock}s",
        "idle_in_transaction_session_timeout": f"{limits.idle}s",
        # JIT takes seconds for queries with many conditions, and no timeout interrupts it.
        "jit": "off",
    }


def make_engine(url: URL, pool_timeout: int = Limits().pool, **options: str) -> Engine:
    """Return an engine in autocommit mode: a read takes one round trip instead of three.

    Options in the URL take precedence over `options`.
    """
    options = CONNECT_OPTIONS | options
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=CountedPool,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=pool_timeout,
        pool_use_lifo=True,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # errors would quote them, and some are digests
        connect_args={name: value for name, value in options.items() if name not in url.query},
    )


def make_application_engine(url: URL, limits: Limits) -> Engine:
    """Return an engine for requests, with timeouts."""
    engine = make_engine(url, limits.pool)
    settings = json.dumps(role_settings(limits))

    def apply_settings(connection: Any, record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(APPLY_SETTINGS, [settings])
            cursor.execute("SELECT pg_backend_pid()")
            # A pooler sends another number, and changes the server connection.
            if cursor.fetchone() == (connection.get_backend_pid(),):
                cursor.execute("SET plan_cache_mode = force_generic_plan")
                record.info[PREPARED] = set()

    event.listen(engine, "connect", apply_settings)
    return engine


@contextmanager
def owner_engine(url: URL) -> Iterator[Engine]:
    """Engine for maintenance: no statement timeout, short lock timeout.

    The lock timeout is short because a queued lock blocks every later query on the table.
    """
    engine = make_engine(url, options=OWNER_OPTIONS)
    try:
        yield engine
    finally:
        engine.dispose()


def count_connections(engine: Engine) -> Connections:
    pool = engine.pool
    assert isinstance(pool, CountedPool)  # nosec B101 # noqa: S101 (set by make_engine)
    return Connections(pool.checkedout(), pool.checkedin(), pool.size(), pool.timeouts)
