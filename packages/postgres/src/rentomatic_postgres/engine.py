"""From a URL to connections."""

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from rentomatic.errors import InvalidRequest, Problem

# One sync worker uses one connection; the others are opened only by processes with threads.
POOL_SIZE = 5
POOL_WAIT_SECONDS = 3

CONNECTION_LIMITS = {
    "application_name": "rentomatic",
    "connect_timeout": "3",
    "options": "-c statement_timeout=5000",
    "tcp_user_timeout": "10000",
}


def parse_url(url: str) -> URL:
    """Return the URL with psycopg2 as its driver, or raise InvalidRequest.

    SQLAlchemy 2.1 would read a plain postgresql:// as psycopg 3.
    """
    try:
        return make_url(url).set(drivername="postgresql+psycopg2")
    except (ArgumentError, ValueError):
        problem = Problem("RENTOMATIC_REPOSITORY", "Is not the URL of a PostgreSQL database")
        raise InvalidRequest([problem]) from None


def make_engine(url: URL, **limits: str) -> Engine:
    """Return an engine that opens connections when they are needed, with time limits on them.

    Every statement is a transaction of its own unless a caller says otherwise: a read then costs
    one round trip instead of three. What the URL itself says of a limit stays.
    """
    wanted = CONNECTION_LIMITS | limits
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,  # an error would quote them, and some are digests
        connect_args={name: value for name, value in wanted.items() if name not in url.query},
    )
