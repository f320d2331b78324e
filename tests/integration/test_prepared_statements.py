"""Prepared statements of connections, and connections that cannot have them."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from rentomatic.domain.conditions import Box, Filter, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import DISTANCE, Query
from rentomatic.errors import RoomConflict, RoomNotFound
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.protocols import Limits
from rentomatic_postgres.connections import make_application_engine, parse_url
from rentomatic_postgres.rooms import PostgresRooms
from rentomatic_postgres.tokens import PostgresTokens
from tests import servers
from tests.rooms import room

pytestmark = pytest.mark.integration


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = make_application_engine(parse_url(postgres_url), Limits())
    yield engine
    engine.dispose()


@pytest.fixture
def rooms(engine: Engine) -> PostgresRooms:
    return PostgresRooms(engine)


def run(engine: Engine, statement: str) -> Any:
    """Execute a statement on the pool's only connection."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def prepared(engine: Engine) -> int:
    return int(run(engine, "SELECT count(*) FROM pg_prepared_statements")[0][0])


def use(engine: Engine) -> None:
    """Write and read a room, read a token; each way of failing, too."""
    rooms, tokens, one = PostgresRooms(engine), PostgresTokens(engine), EXAMPLE_ROOMS[0]
    rooms.add(one)
    with pytest.raises(RoomConflict):
        rooms.add(one)
    assert rooms.get(one.code) == one
    rooms.remove(one)
    with pytest.raises(RoomNotFound):
        rooms.get(one.code)
    assert tokens.find("nobody") is None


def test_frequent_statements_are_prepared_once(engine: Engine) -> None:
    use(engine)
    count = prepared(engine)
    for _ in range(10):  # after five, PostgreSQL plans once for all values
        use(engine)

    assert count == prepared(engine) == 3


def test_pages_with_the_same_plan_are_prepared_once(engine: Engine, rooms: PostgresRooms) -> None:
    dear, near = Filter("price", Operator.GT, 5), Point(1, 2)
    for number in range(1, 4):
        box, limit = Box(0.0, 0.0, float(number), 5.0), number
        rooms.search(Query((), limit))
        rooms.search(Query((dear,), limit))
        rooms.search(Query((dear, box), limit))
        rooms.search(Query((Within(near, number * 1000.0),), limit))
        rooms.search(Query((), limit, sort=DISTANCE, near=near))
    assert prepared(engine) == 5

    for filters in ((Filter("size", Operator.GT, 5),), (Filter("price", Operator.NE, 5),)):
        rooms.search(Query(filters))
        rooms.search(Query((*filters, box), sort=DISTANCE, near=near))
    assert prepared(engine) == 5


def test_another_connection_prepares_its_own(engine: Engine) -> None:
    use(engine)
    engine.dispose()

    use(engine)

    assert prepared(engine) == 3


@pytest.mark.parametrize(
    "change",
    [
        "DEALLOCATE ALL",
        "ALTER TABLE room ALTER size TYPE bigint; ALTER TABLE token ALTER name TYPE varchar(99)",
        "ALTER TABLE room ADD note text; DROP INDEX room_size_code_idx",
    ],
)
def test_a_statement_that_became_unusable_is_sent_as_text(engine: Engine, change: str) -> None:
    for _ in range(6):
        use(engine)
    run(engine, change)

    for _ in range(6):
        use(engine)


def test_a_write_that_is_sent_as_text_happens_once(engine: Engine, rooms: PostgresRooms) -> None:
    rooms.add(room(1))
    run(engine, "DEALLOCATE ALL")

    rooms.add(room(2))

    assert rooms.count() == 2


def test_a_name_that_another_client_took_is_not_used(engine: Engine, rooms: PostgresRooms) -> None:
    rooms.add(room(1))
    rooms.get(room(1).code)
    ((name,),) = run(
        engine, "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%SELECT%room%'"
    )
    engine.dispose()
    run(engine, f"PREPARE {name} AS SELECT 1")

    assert rooms.get(room(1).code) == room(1)


def test_a_pooler_gets_no_prepared_statements(
    postgres_server: servers.PostgresServer, postgres_url: str
) -> None:
    with servers.pgbouncer(postgres_server, ("postgres",)) as pooler:
        url = pooler.url(str(parse_url(postgres_url).database))
        engine = make_application_engine(parse_url(url), Limits())
        for _ in range(3):
            use(engine)

        assert prepared(engine) == 0
        engine.dispose()
