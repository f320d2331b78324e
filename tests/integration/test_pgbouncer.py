"""Rooms through a PgBouncer in transaction mode, whose clients share connections."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from pytest_postgresql.executors import NoopExecutor
from sqlalchemy import text

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import Query
from rentomatic.errors import RepositoryUnavailable, RoomChanged
from rentomatic.repository.connect import connect
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.protocols import Limits, Storage
from rentomatic.responses import ImportReport
from rentomatic_postgres.connections import make_application_engine, make_engine, parse_url
from rentomatic_postgres.schema.roles import set_up_role
from tests import servers
from tests.rooms import room

pytestmark = pytest.mark.integration

ROLE = "pooled"
MANY = 5000


@pytest.fixture(scope="module")
def pooler(postgres_server: servers.PostgresServer) -> Iterator[servers.PostgresServer]:
    with servers.pgbouncer(postgres_server, ("postgres", ROLE)) as pooler:
        yield pooler


@pytest.fixture
def direct_url(
    postgres_server: servers.PostgresServer, postgres_template: NoopExecutor
) -> Iterator[str]:
    """The URL of a migrated database, by a name that the pooler has not seen yet."""
    name, template = f"test_{uuid4().hex}", postgres_template.template_dbname
    with servers.database(postgres_server, name, template) as url:
        yield url


@pytest.fixture
def pooled_url(pooler: servers.PostgresServer, direct_url: str) -> str:
    return pooler.url(str(parse_url(direct_url).database))


@pytest.fixture
def storage(pooled_url: str) -> Iterator[Storage]:
    storage = connect(pooled_url)
    yield storage
    storage.close()


def test_rooms_are_written_and_read(storage: Storage) -> None:
    rooms = storage.rooms
    rooms.check()
    rooms.add(room(1))
    rooms.replace(room(1), room(1, price=7))
    with pytest.raises(RoomChanged):
        rooms.remove(room(1))
    rooms.remove(room(1, price=7))

    assert rooms.put(EXAMPLE_ROOMS) == ImportReport(created=4)
    assert rooms.search(Query()) == sorted(EXAMPLE_ROOMS, key=lambda each: each.price)
    assert rooms.count((Filter("price", Operator.LT, 60),)) == 2
    assert rooms.facet((), "price").count == 4
    assert storage.tokens.list() == []


def test_many_rooms_are_imported_and_exported(storage: Storage) -> None:
    report = storage.rooms.put(room(number) for number in range(MANY))
    storage.rooms.optimize()

    assert report == ImportReport(created=MANY)
    assert sum(1 for _ in storage.rooms.scan()) == MANY


def test_many_clients_share_two_connections(storage: Storage, pooled_url: str) -> None:
    storage.rooms.put(room(number) for number in range(100))

    def work(number: int) -> int:
        own = connect(pooled_url)
        try:
            own.rooms.replace(room(number), room(number, price=7))
            return own.rooms.count((Filter("price", Operator.EQ, 7),))
        finally:
            own.close()

    with ThreadPoolExecutor(8) as threads:
        assert min(threads.map(work, range(100))) >= 1
    assert storage.rooms.count((Filter("price", Operator.EQ, 7),)) == 100


def test_the_limits_of_the_role_are_in_force(pooled_url: str, direct_url: str) -> None:
    """A statement of the pool may run on a connection that the application has not set up."""
    set_up_role(parse_url(direct_url), ROLE, None, Limits(statement=9))
    engine = make_engine(parse_url(pooled_url).set(username=ROLE))

    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "9s"
        assert connection.scalar(text("SHOW lock_timeout")) == "3s"
    engine.dispose()


def test_a_pooler_that_is_away_says_so(
    postgres_server: servers.PostgresServer, direct_url: str
) -> None:
    name = str(parse_url(direct_url).database)
    with servers.pgbouncer(postgres_server, ("postgres",)) as pooler:
        storage = connect(pooler.url(name))
        assert storage.rooms.count() == 0
    with pytest.raises(RepositoryUnavailable):
        storage.rooms.count()
    storage.close()


def test_a_connection_that_the_pooler_has_lost_is_replaced(
    storage: Storage, postgres_server: servers.PostgresServer, direct_url: str
) -> None:
    assert storage.rooms.count() == 0
    other = make_application_engine(parse_url(postgres_server.url("postgres")), Limits())
    ends = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")

    with other.connect() as connection:
        connection.execute(ends, {"name": parse_url(direct_url).database})
    other.dispose()

    assert storage.rooms.count() == 0
