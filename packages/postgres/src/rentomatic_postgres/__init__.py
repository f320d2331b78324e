"""Rooms in PostgreSQL: `connect` is the adapter's entry, `schema` migrates its database."""

from rentomatic.repository.protocols import Limits, Storage
from rentomatic_postgres.connections import make_serving_engine, parse_url
from rentomatic_postgres.rooms import PostgresRooms
from rentomatic_postgres.tokens import PostgresTokens


def connect(url: str, limits: Limits = Limits()) -> Storage:  # noqa: B008 (it cannot change)
    """Return what a PostgreSQL database keeps, or raise InvalidRequest when the URL is none.

    Call it in the process that uses the rooms, after any fork.
    """
    engine = make_serving_engine(parse_url(url), limits)
    return Storage(PostgresRooms(engine), PostgresTokens(engine))
