"""Requests while PostgreSQL is slow, restarts or is down."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from flask.testing import FlaskClient

from rentomatic.errors import InvalidRequest, RepositoryUnavailable, RoomConflict
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.protocols import Limits, RoomRepository
from rentomatic_postgres import connect
from rentomatic_postgres.connections import parse_url
from rentomatic_postgres.schema.database import create_database
from tests.apps import client_of
from tests.rooms import room
from tests.servers import PostgresServer

pytestmark = pytest.mark.integration


@pytest.fixture
def postgres_rooms(postgres_url: str) -> Iterator[RoomRepository]:
    rooms = connect(postgres_url).rooms
    rooms.put(EXAMPLE_ROOMS)
    yield rooms
    rooms.close()


@pytest.fixture
def client(postgres_rooms: RoomRepository) -> FlaskClient:
    return client_of(postgres_rooms)


@pytest.fixture
def database(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


def end_every_other_connection(database: psycopg.Connection) -> None:
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def test_a_read_outlives_the_death_of_its_connection(
    client: FlaskClient, database: psycopg.Connection
) -> None:
    for path in ("/rooms", f"/rooms/{EXAMPLE_ROOMS[0].code}", "/readyz"):
        assert client.get(path).status_code == 200
        end_every_other_connection(database)

        assert client.get(path).status_code == 200


def test_a_write_is_not_repeated_on_a_dead_connection(
    postgres_rooms: RoomRepository, database: psycopg.Connection
) -> None:
    end_every_other_connection(database)

    with pytest.raises(RepositoryUnavailable):
        postgres_rooms.remove(EXAMPLE_ROOMS[0])

    postgres_rooms.remove(EXAMPLE_ROOMS[0])


def test_a_statement_that_waits_too_long_is_503_and_leaks_nothing(
    client: FlaskClient, database: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    with database.transaction():
        database.execute("LOCK TABLE room IN ACCESS EXCLUSIVE MODE")

        answer = client.get("/rooms")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json == {
        "type": "SystemError",
        "message": "The rooms cannot be reached right now",
        "code": "repository_unavailable",
    }
    assert "lock timeout" in caplog.text
    assert client.get("/rooms").status_code == 200


def test_a_database_that_is_not_migrated_is_not_ready(
    empty_postgres_url: str,
) -> None:
    rooms = connect(empty_postgres_url).rooms
    client = client_of(rooms)

    assert client.get("/readyz").status_code == 503
    assert client.get("/rooms").status_code == 503
    assert client.get("/livez").status_code == 200
    rooms.close()


def test_a_database_at_another_revision_is_not_ready(
    client: FlaskClient, database: psycopg.Connection
) -> None:
    database.execute("UPDATE alembic_version SET version_num = '4d4c19952a36'")

    assert client.get("/readyz").status_code == 503


def test_a_database_is_made_once(postgres_server: PostgresServer) -> None:
    url = parse_url(postgres_server.url('odd "name" %41'))

    assert create_database(url, "postgres")
    assert not create_database(url, "postgres")


def test_who_may_not_create_databases_can_use_one_that_is_there(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute("CREATE ROLE modest LOGIN")
    modest = postgres_server._replace(user="modest")

    assert not create_database(
        parse_url(modest.url(str(parse_url(postgres_url).database))), "postgres"
    )
    with pytest.raises(InvalidRequest, match="POSTGRES_USER: lacks the privilege to create"):
        create_database(parse_url(modest.url("other")), "postgres")


def test_ten_at_once_make_a_database_once(postgres_server: PostgresServer) -> None:
    url = parse_url(postgres_server.url("wanted_by_ten"))
    with ThreadPoolExecutor(10) as threads:
        made = list(threads.map(lambda _: create_database(url, "postgres"), range(10)))

    assert sorted(made) == [False] * 9 + [True]


def test_connections_go_back_to_the_pool_whatever_happens(
    postgres_rooms: RoomRepository, database: psycopg.Connection
) -> None:
    for _ in range(20):
        with pytest.raises(RoomConflict):
            postgres_rooms.add(EXAMPLE_ROOMS[0])

    (count,) = database.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rentomatic'"
        " AND datname = current_database()"
    ).fetchone() or (0,)
    assert count == 1


def test_a_wait_for_a_connection_that_is_given_up_is_counted(postgres_url: str) -> None:
    rooms = connect(postgres_url, Limits(pool=0)).rooms
    rooms.put([room(number) for number in range(2)])
    limit = rooms.connections().limit
    scans = [rooms.scan() for _ in range(limit)]
    for scan in scans:
        next(scan)
    taken = rooms.connections()

    with pytest.raises(RepositoryUnavailable):
        rooms.check()

    assert (taken, rooms.connections()) == ((limit, 0, limit, 0), (limit, 0, limit, 1))
    for scan in scans:
        list(scan)
    assert rooms.connections() == (0, limit, limit, 1)
    rooms.close()


@pytest.mark.parametrize(
    "state", ["53000", "53100", "53200", "53300", "53400", "57014", "58000", "58030"]
)
def test_a_server_without_resources_refuses_a_write_for_now(
    state: str, postgres_rooms: RoomRepository, database: psycopg.Connection
) -> None:
    database.execute(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '{state}'; END $$"
    )
    database.execute(
        "CREATE TRIGGER fail BEFORE INSERT OR UPDATE OR DELETE ON room"
        " FOR EACH STATEMENT EXECUTE FUNCTION fail()"
    )
    old = EXAMPLE_ROOMS[0]

    with pytest.raises(RepositoryUnavailable):
        postgres_rooms.add(room())
    with pytest.raises(RepositoryUnavailable):
        postgres_rooms.put([room()])
    with pytest.raises(RepositoryUnavailable):
        postgres_rooms.replace(old, replace(old, price=old.price + 1))
    with pytest.raises(RepositoryUnavailable):
        postgres_rooms.remove(old)
    assert postgres_rooms.get(old.code) == old
