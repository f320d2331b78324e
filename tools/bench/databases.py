"""Databases of any number of rooms, which stand in cities."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from os import environ
from uuid import UUID

from sqlalchemy import Connection, text

from rentomatic_postgres.connections import make_engine, parse_url
from rentomatic_postgres.schema import revisions
from rentomatic_postgres.schema.database import create_database
from rentomatic_postgres.sql.tables import room
from tests.servers import PostgresServer, postgres

# What a room takes with its indexes and its share of the log, and what a server takes anyway.
BYTES_PER_ROOM, BYTES = 1000, 2 * 2**30

# The golden ratio's fractions spread the cities: no two are near each other. A city's rooms stand
# within SPREAD of its middle, ever closer together towards it.
CITIES, SPREAD, FIRST_CITY = 50, 0.25, (-170.0, -60.0)
FILL = """
INSERT INTO room (code, size, price, longitude, latitude)
SELECT md5(number::text)::uuid, 10 + floor(random() * 190), 10 + floor(random() * 490),
    -170 + 340 * (city * 0.618034 % 1) + (random() - random()) * :spread,
    -60 + 120.0 * city / :cities + (random() - random()) * :spread
FROM (
    SELECT number, number % :cities AS city FROM generate_series(1, :rooms) AS number
) AS numbered
"""


@contextmanager
def databases(*sizes: int) -> Iterator[dict[int, str]]:
    """Lend the URLs of databases of these numbers of rooms, all on one server."""
    with postgres(environ, BYTES + BYTES_PER_ROOM * sum(sizes)) as server:
        yield {rooms: _database(server, rooms) for rooms in sizes}


def code(number: int) -> str:
    """Return the code of a room, which are numbered from 1."""
    return str(UUID(md5(str(number).encode()).hexdigest()))  # noqa: S324


def _database(server: PostgresServer, rooms: int) -> str:
    url = server.url(f"rooms_{rooms}")
    create_database(parse_url(url), server.maintenance_dbname)
    revisions.upgrade(parse_url(url))
    engine = make_engine(parse_url(url), options="-c statement_timeout=0")
    with engine.connect() as connection:
        _fill(connection, rooms)
    engine.dispose()
    return url


def _fill(connection: Connection, rooms: int) -> None:
    # An index is sooner made of all rows than kept up with each.
    for index in room.indexes:
        index.drop(connection)
    connection.execute(text("SELECT setseed(0.5)"))
    connection.execute(text(FILL), {"rooms": rooms, "cities": CITIES, "spread": SPREAD})
    for index in room.indexes:
        index.create(connection)
    # What the log has not on disk yet, VACUUM does not mark as seen by all.
    connection.execute(text("CHECKPOINT"))
    connection.execute(text("VACUUM ANALYZE room"))
