"""Rooms and tokens in PostgreSQL."""

from rentomatic.repository.protocols import Limits, Storage
from rentomatic_postgres.connections import make_application_engine, parse_url
from rentomatic_postgres.rooms import PostgresRooms
from rentomatic_postgres.tokens import PostgresTokens


def connect(url: str, limits: Limits = Limits()) -> Storage:  # noqa: B008 (immutable)
    """Return the storage at a URL; raise InvalidRequest if the URL is invalid.

    Call it after any fork: forked processes must not share connections.
    """
    engine = make_application_engine(parse_url(url), limits)
    return Storage(PostgresRooms(engine), PostgresTokens(engine))
