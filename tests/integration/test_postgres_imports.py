"""Imports into PostgreSQL that are cut off, held up, or not allowed everything."""

import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg
import pytest
from sqlalchemy import ClauseElement, insert, select, text
from sqlalchemy.schema import CreateTable

from rentomatic.domain.positions import SecretGrid
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Role
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import MemoryTokens
from rentomatic.repository.positions import PositionedRooms
from rentomatic.repository.protocols import Limits, RoomRepository
from rentomatic.responses import ImportReport
from rentomatic.use_cases.imports import BATCH, import_rooms
from rentomatic_postgres import connect
from rentomatic_postgres.connections import make_application_engine, parse_url, role_settings
from rentomatic_postgres.rooms import PostgresRooms
from rentomatic_postgres.sql import references, tables, withdrawals
from rentomatic_postgres.sql.rows import COLUMNS
from rentomatic_postgres.sql.templates import compile_template
from rentomatic_postgres.sql.upserts import staged
from tests.apps import client_of, token_for
from tests.e2e.stack import eventually
from tests.rooms import full_room, room
from tests.servers import PostgresServer

pytestmark = pytest.mark.integration

ROOMS = 2 * BATCH + 500


@pytest.fixture
def rooms(postgres_url: str) -> Iterator[RoomRepository]:
    with closing(connect(postgres_url).rooms) as rooms:
        yield rooms


@pytest.fixture
def database(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


def many() -> Iterator[Room]:
    return (room(number) for number in range(ROOMS))


def cut_off(database: psycopg.Connection, after: int) -> Iterator[Room]:
    """Yield rooms, and end every connection but this in the middle."""
    for number, each in enumerate(many()):
        if number == after:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        yield each


def versions(database: psycopg.Connection) -> list[tuple[object, ...]]:
    """Return where each row is, and which transaction wrote it."""
    rows = "SELECT code, ctid::text, xmin::text, xmax::text FROM room ORDER BY code"
    return database.execute(rows).fetchall()


def test_an_import_of_all_or_none_that_is_cut_off_changes_nothing(
    rooms: RoomRepository, database: psycopg.Connection
) -> None:
    with pytest.raises(RepositoryUnavailable):
        import_rooms(rooms, cut_off(database, ROOMS - 100), all_or_none=True)

    assert rooms.count() == 0
    assert import_rooms(rooms, many(), all_or_none=True) == ImportReport(created=ROOMS)


def test_an_import_in_batches_that_is_cut_off_is_completed_by_the_next(
    rooms: RoomRepository, database: psycopg.Connection
) -> None:
    # The first batch is saved, and the second one gets a connection that has ended.
    with pytest.raises(RepositoryUnavailable):
        import_rooms(rooms, cut_off(database, BATCH + 100))

    assert rooms.count() == BATCH
    assert import_rooms(rooms, many()) == ImportReport(ROOMS - BATCH, 0, BATCH)
    assert import_rooms(rooms, many()) == ImportReport(unchanged=ROOMS)


@pytest.mark.parametrize("all_or_none", [True, False])
def test_the_memory_of_an_import_is_constant(rooms: RoomRepository, all_or_none: bool) -> None:
    import_rooms(rooms, [room()], all_or_none, timeout=60)
    tracemalloc.start()
    try:
        import_rooms(rooms, many(), all_or_none)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 5 * 2**20  # a list of the rooms of a batch takes 8 MiB


def test_rooms_that_are_unchanged_and_dry_runs_write_nothing(
    rooms: RoomRepository, database: psycopg.Connection
) -> None:
    rooms.put(room(number) for number in range(1500))
    before = versions(database)

    for dry_run in (False, True):
        for number_of_rooms in (10, 1500):
            rooms.put((room(number) for number in range(number_of_rooms)), dry_run)
    rooms.put((room(number) for number in range(3000)), dry_run=True)

    assert versions(database) == before
    assert len(before) == 1500


@pytest.mark.parametrize(
    "statement",
    [withdrawals.COMPARE, withdrawals.WITHDRAW, references.CONFLICT, references.RELEASE],
)
def test_the_staging_table_is_read_once_without_statistics_of_its_source(
    rooms: RoomRepository, postgres_url: str, statement: ClauseElement
) -> None:
    rooms.put(full_room(number, source=f"source {number % 5}") for number in range(500))
    rooms.optimize()
    rooms.put(full_room(number, source="new") for number in range(500, 1000))
    template = compile_template(statement)
    parameters = {"source": "new", "kept": [], "listed": 10} | template.constants
    engine = make_application_engine(parse_url(postgres_url), Limits())
    with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
        connection.execute(CreateTable(staged))
        rows = select(*(tables.room.c[name] for name in COLUMNS))
        connection.execute(insert(staged).from_select(COLUMNS, rows))
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {template.text}", parameters)
        scans = [line for (line,) in plan if "on staged" in line]
    engine.dispose()

    assert scans
    assert all("loops=1)" in line or "never executed" in line for line in scans)


def test_what_waits_for_a_lock_is_given_up_in_time(
    rooms: RoomRepository, database: psycopg.Connection
) -> None:
    with database.transaction():
        database.execute("LOCK TABLE room IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(RepositoryUnavailable):
            rooms.put(many(), timeout=1.5)
        assert 1 < time.monotonic() - began < 4

    assert rooms.put([room()]) == ImportReport(created=1)


def test_the_limits_of_other_statements_are_as_they_were(postgres_url: str) -> None:
    engine = make_application_engine(parse_url(postgres_url), Limits())
    rooms = PostgresRooms(engine)

    def limits() -> list[Any]:
        with engine.connect() as connection:
            return [connection.scalar(text(f"SHOW {name}")) for name in role_settings(Limits())]

    before = limits()
    rooms.put(many(), timeout=60)
    rooms.optimize()

    assert limits() == before == ["5s", "3s", "1min", "off"]
    engine.dispose()


def test_searches_go_on_while_rooms_are_imported(
    rooms: RoomRepository, database: psycopg.Connection
) -> None:
    import_rooms(rooms, many())

    def held_up() -> Iterator[Room]:
        yield from many()
        assert rooms.count() == ROOMS

    changed = (Room(**vars(each) | {"price": 7}) for each in held_up())
    assert import_rooms(rooms, changed, all_or_none=True) == ImportReport(updated=ROOMS)
    assert database.execute("SELECT DISTINCT price FROM room").fetchall() == [(7,)]


def test_large_imports_of_the_same_rooms_at_once_all_end(rooms: RoomRepository) -> None:
    numbers = [range(3000), range(2999, -1, -1), range(1000, 4000)]

    def put(some: range) -> ImportReport:
        return import_rooms(rooms, map(room, some), all_or_none=True)

    with ThreadPoolExecutor(3) as threads:
        reports = list(threads.map(put, numbers * 2))

    total = sum(reports, ImportReport())
    assert (total.created, total.updated) == (4000, 0)


def test_who_does_not_own_the_table_can_import_and_settle(
    postgres_server: PostgresServer, postgres_url: str, database: psycopg.Connection
) -> None:
    database.execute("DROP ROLE IF EXISTS importer; CREATE ROLE importer LOGIN")
    database.execute("GRANT SELECT, INSERT, UPDATE ON room TO importer")
    database.execute("GRANT USAGE ON SEQUENCE room_id_seq TO importer")
    importer = postgres_server._replace(user="importer")
    name = postgres_url.partition("@/")[2].partition("?")[0]

    with closing(connect(importer.url(name)).rooms) as rooms:
        assert import_rooms(rooms, many()) == ImportReport(created=ROOMS)
        rooms.optimize()
    database.execute("DROP OWNED BY importer; DROP ROLE importer")


def test_settling_lets_pages_be_read_from_the_index_alone(
    rooms: RoomRepository, database: psycopg.Connection
) -> None:
    import_rooms(rooms, many())
    # The tests' server commits asynchronously, and VACUUM handles only flushed transactions.
    database.execute("CHECKPOINT")

    def visible() -> int:
        # While autovacuum works on the table, it is skipped.
        rooms.optimize()
        pages = "SELECT relallvisible FROM pg_class WHERE relname = 'room'"
        return int((database.execute(pages).fetchone() or (0,))[0])

    eventually(lambda: visible() > 0, "the pages are visible to all")


def test_a_whole_import_over_http(rooms: RoomRepository) -> None:
    tokens = MemoryTokens()
    client = client_of(rooms, tokens, RENTOMATIC_SERVER_TIMING="on")
    client.environ_base["HTTP_AUTHORIZATION"] = token_for(tokens, Role.IMPORTER)
    header = "code,size,price,longitude,latitude\n"
    text = header + "".join(f"{room(n).code},20,50,19.94,50.06\n" for n in range(3000))

    for query, created, status in (("dry_run=true", 3000, 200), ("", 3000, 200), ("", 0, 200)):
        answer = client.post(f"/rooms/import?{query}", data=text, content_type="text/csv")
        assert answer.status_code == status
        assert answer.json is not None
        assert (answer.json["created"], answer.json["unchanged"]) == (created, 3000 - created)
    answer = client.post("/rooms/import", data=text + "x\n", content_type="text/csv")
    assert answer.status_code == 422
    assert rooms.count() == 3000


def test_the_doors_of_rooms_of_a_list_are_read_while_rooms_are_staged(
    rooms: RoomRepository,
) -> None:
    grid = SecretGrid("k" * 32)
    editors, visitors = (PositionedRooms(rooms, grid, for_editors=each) for each in (True, False))
    given_rooms = [full_room(number) for number in range(3000)]
    editors.put(given_rooms)

    assert editors.put(list(visitors.scan()), timeout=60) == ImportReport(unchanged=3000)
    assert sorted(editors.scan(), key=lambda each: each.code) == given_rooms
