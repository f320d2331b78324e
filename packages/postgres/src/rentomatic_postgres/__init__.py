"""Rooms in PostgreSQL: `connect` is the adapter's entry, `schema` migrates its database."""

from rentomatic_postgres.engine import make_engine, parse_url
from rentomatic_postgres.rooms import PostgresRooms


def connect(url: str) -> PostgresRooms:
    """Return the rooms of a PostgreSQL database, or raise InvalidRequest when the URL is none.

    Call it in the process that uses the rooms, after any fork.
    """
    return PostgresRooms(make_engine(parse_url(url)))
