"""Fixtures for all tests: a clean environment, real servers, empty repositories."""

import os
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from pymongo import MongoClient
from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor

from rentomatic.repository.connect import connect
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic.repository.protocols import Limits, RoomRepository, Storage
from rentomatic_postgres.connections import parse_url
from rentomatic_postgres.schema import revisions
from tests import programs, servers

# A busy machine must not fail a test.
settings.register_profile("rentomatic", deadline=None, max_examples=25)
settings.load_profile("rentomatic")

STORAGES = (
    "memory",
    pytest.param("postgres", marks=pytest.mark.integration),
    pytest.param("mongo", marks=pytest.mark.integration),
)

# The server of the tests is slow beside other tests, and no test of all storages counts on limits.
PATIENT = Limits(statement=60)

OUR_VARIABLES = ("APPLICATION_", "FLASK_", "PG", "POSTGRES_", "RENTOMATIC_", "WEB_CONCURRENCY")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--integration", action="store_true", help="run integration tests")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if "integration" in item.keywords and not item.config.getoption("integration"):
        pytest.skip("need --integration option to run")


@pytest.fixture(scope="session", autouse=True)
def shell() -> Iterator[dict[str, str]]:
    """The environment of the shell; tests do not see its variables of Rent-o-Matic."""
    environ = dict(os.environ)
    with pytest.MonkeyPatch.context() as patch:
        for name in environ:
            if name.startswith(OUR_VARIABLES):
                patch.delenv(name)
        yield environ


@pytest.fixture(scope="session")
def postgres_server(shell: dict[str, str]) -> Iterator[servers.PostgresServer]:
    """A PostgreSQL server, for the whole run."""
    with servers.postgres(shell) as server:
        yield server


def _migrate(host: str, user: str, dbname: str, **_others: Any) -> None:
    revisions.upgrade(parse_url(servers.PostgresServer(host, user=user).url(dbname)))


# The database that is migrated once, and copied for each test.
postgres_template = factories.postgresql_noproc(depends_on="postgres_server", load=[_migrate])


@pytest.fixture
def postgres_url(
    postgres_server: servers.PostgresServer, postgres_template: NoopExecutor
) -> Iterator[str]:
    """The URL of a migrated database without rooms."""
    with servers.database(postgres_server, "test", postgres_template.template_dbname) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: servers.PostgresServer) -> Iterator[str]:
    """The URL of a database without tables."""
    with servers.database(postgres_server, "test_empty", postgres_server.template_dbname) as url:
        yield url


@pytest.fixture(scope="session")
def mongo_server() -> Iterator[str]:
    """The start of the URL of a server that speaks MongoDB's protocol, for the whole run."""
    with servers.mongo(programs.free_port()) as url:
        yield url


@pytest.fixture
def mongo_url(mongo_server: str) -> Iterator[str]:
    """The URL of a MongoDB database without collections."""
    name = f"test_{uuid4().hex}"
    yield f"{mongo_server}/{name}"
    with MongoClient[dict[str, Any]](mongo_server) as client:
        client.drop_database(name)


@pytest.fixture(params=STORAGES)
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """An empty storage of each kind there is."""
    if request.param == "memory":
        yield Storage(MemoryRooms(), MemoryTokens())
        return
    limits = PATIENT if request.param == "mongo" else Limits()
    storage = connect(request.getfixturevalue(f"{request.param}_url"), limits)
    yield storage
    storage.close()


@pytest.fixture
def rooms(storage: Storage) -> RoomRepository:
    """An empty repository of each kind there is."""
    return storage.rooms
