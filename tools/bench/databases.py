"""Creates databases of a given number of rooms, clustered in cities."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import md5
from os import environ
from uuid import UUID

from sqlalchemy import Connection, text

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Role, new_token
from rentomatic.repository.connect import connect
from rentomatic_postgres.connections import make_engine, parse_url
from rentomatic_postgres.schema import revisions
from rentomatic_postgres.schema.database import create_database
from rentomatic_postgres.sql.tables import room
from tests.servers import PostgresServer, postgres

# Disk space: for each room, with indexes and write-ahead log, and for the server itself.
BYTES_PER_ROOM, SERVER_BYTES = 1000, 2 * 2**30

# Multiples of the golden ratio modulo 1 keep cities apart. Rooms are within SPREAD degrees of the
# center of their city, and denser towards it.
CITIES, SPREAD = 50, 0.25
MIN_PRICE, MAX_PRICE = 10, 499
FILL = """
INSERT INTO room (code, size, price, longitude, latitude)
SELECT md5(number::text)::uuid, 10 + floor(random() * 190),
    :min_price + floor(random() * (1 + :max_price - :min_price)),
    -170 + 340 * (city * 0.618034 % 1) + (random() - random()) * :spread,
    -60 + 120.0 * city / :cities + (random() - random()) * :spread
FROM (
    SELECT number, number % :cities AS city FROM generate_series(1, :rooms) AS number
) AS numbered
"""


# Rooms with details.
OFFERS = 5_000
MIN_OFFER_PRICE = 1_000_000


@contextmanager
def databases(*sizes: int) -> Iterator[dict[int, str]]:
    """Yield database URLs by number of rooms. All databases are on one server."""
    with postgres(environ, SERVER_BYTES + BYTES_PER_ROOM * sum(sizes)) as server:
        yield {rooms: _database(server, rooms) for rooms in sizes}


def code(number: int) -> str:
    """Return the code of room `number`, counted from 1."""
    return str(UUID(md5(str(number).encode()).hexdigest()))  # noqa: S324


def city(number: int) -> tuple[float, float]:
    """Return longitude and latitude of the center of a city, counted from 0."""
    return -170 + 340 * (number * 0.618034 % 1), -60 + 120 * number / CITIES


def editor_token(url: str) -> str:
    """Add a token that may edit rooms, and return its field Authorization."""
    token, text = new_token("editor", Role.EDITOR, datetime.now(UTC), None)
    connect(url).tokens.add(token)
    return f"Bearer {text}"


def add_offers(url: str) -> None:
    """Add OFFERS rooms with details, more expensive than all others, ten for each price."""
    connect(url).rooms.put(_offer(number) for number in range(OFFERS))


def _offer(number: int) -> Room:
    longitude, latitude = city(number % CITIES)
    return Room(
        code=code(-number - 1),
        size=10 + number % 90,
        price=MIN_OFFER_PRICE + number // 10,
        longitude=longitude,
        latitude=latitude,
        title=f"Sunny room near the river, {number}",
        description="A quiet room with two windows, a desk and a wardrobe. " * 4,
        kind="room",
        features=("wifi", "balcony", "washing-machine"),
        capacity=2,
        photos=({"url": f"https://photos.example.org/{number}.jpg", "alt": "The room"},),
        address={"street": f"Rynek {number}", "locality": "Kraków", "country": "PL"},
        url=f"https://example.org/rooms/{number}",
        source="bench",
        reference=str(number),
    )


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
    # Building an index afterwards is faster than updating it for each row.
    for index in room.indexes:
        index.drop(connection)
    connection.execute(text("SELECT setseed(0.5)"))
    prices = {"min_price": MIN_PRICE, "max_price": MAX_PRICE}
    cities = {"cities": CITIES, "spread": SPREAD}
    connection.execute(text(FILL), {"rooms": rooms} | prices | cities)
    for index in room.indexes:
        index.create(connection)
    # Without a checkpoint, VACUUM leaves recent pages out of the visibility map.
    connection.execute(text("CHECKPOINT"))
    connection.execute(text("VACUUM ANALYZE room"))
