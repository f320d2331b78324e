"""The way of a database from nothing, or from the book's code, to the newest revision."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, event, make_url

from rentomatic.domain.query import Query
from rentomatic.errors import InvalidRequest, RepositoryUnavailable, RoomConflict
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic_postgres import connect
from rentomatic_postgres.connections import make_engine, parse_url
from rentomatic_postgres.schema import history, revisions
from rentomatic_postgres.schema.lock import LOCK_KEY, migration_lock
from rentomatic_postgres.sql.tables import DETAILS, metadata

pytestmark = pytest.mark.integration

ROOT = "4d4c19952a36"
CODE = "3251a5bd-86be-428d-8ae9-6e51a8048c33"

# The SQL of the book's Base.metadata.create_all().
BOOK_TABLE = """
CREATE TABLE room (
    id SERIAL NOT NULL,
    code VARCHAR(36) NOT NULL,
    size INTEGER,
    price INTEGER,
    longitude FLOAT,
    latitude FLOAT,
    PRIMARY KEY (id)
)
"""


@pytest.fixture
def url(empty_postgres_url: str) -> URL:
    return parse_url(empty_postgres_url)


@pytest.fixture
def database(empty_postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(empty_postgres_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()


def tables(database: psycopg.Connection) -> list[str]:
    found = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [name for (name,) in found]


def insert(database: psycopg.Connection, **changes: object) -> None:
    values = {"code": CODE, "size": 20, "price": 5, "longitude": 1.5, "latitude": 2.5} | changes
    database.execute(
        "INSERT INTO room (code, size, price, longitude, latitude) VALUES"
        " (%(code)s, %(size)s, %(price)s, %(longitude)s, %(latitude)s)",
        values,
    )


def columns(database: psycopg.Connection) -> list[tuple[str, ...]]:
    return database.execute(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_name = 'room' ORDER BY column_name"
    ).fetchall()


def constraints_and_indexes(database: psycopg.Connection) -> list[tuple[str, ...]]:
    return database.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'room'::regclass UNION ALL"
        " SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'room' ORDER BY 1, 2"
    ).fetchall()


def test_there_is_one_newest_revision() -> None:
    scripts = ScriptDirectory.from_config(revisions.alembic_config())

    assert scripts.get_heads() == [history.head()]


def test_the_same_revisions_are_known_without_alembic() -> None:
    scripts = ScriptDirectory.from_config(revisions.alembic_config())

    assert all(history.is_known(script.revision) for script in scripts.walk_revisions())
    assert not history.is_known("0" * 12)


def test_an_empty_database_comes_to_the_newest_revision(url: URL) -> None:
    assert revisions.current(url) is None

    assert revisions.upgrade(url) == (None, history.head())

    assert revisions.current(url) == history.head()


def test_migrating_again_changes_nothing(url: URL) -> None:
    revisions.upgrade(url)

    assert revisions.upgrade(url) == (history.head(), history.head())


def test_every_revision_can_be_left_and_reached_again(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    config = revisions.alembic_config(engine)
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    for script in reversed(scripts):
        command.upgrade(config, script.revision)
        reached = constraints_and_indexes(database)
        command.downgrade(config, str(script.down_revision or "base"))
        command.upgrade(config, script.revision)
        assert constraints_and_indexes(database) == reached

    assert revisions.current(url) == history.head()


def test_the_tables_and_the_migrations_say_the_same(url: URL, engine: Engine) -> None:
    revisions.upgrade(url)

    command.check(revisions.alembic_config(engine))


def test_the_tables_have_the_constraints_and_indexes_that_the_migrations_make(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    """Alembic compares neither checks nor included columns of an index."""
    revisions.upgrade(url)
    migrated = columns(database), constraints_and_indexes(database)
    database.execute("DROP TABLE room")

    metadata.create_all(engine)

    assert (columns(database), constraints_and_indexes(database)) == migrated


def test_every_revision_renders_offline_and_the_sql_does_the_same(
    url: URL, database: psycopg.Connection
) -> None:
    revisions.upgrade(url)
    online = columns(database), constraints_and_indexes(database)
    database.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    config = revisions.alembic_config()
    config.output_buffer = rendered = StringIO()

    command.upgrade(config, "head", sql=True)

    # CREATE INDEX CONCURRENTLY has to be sent alone.
    for statement in rendered.getvalue().split(";\n\n"):
        database.execute(statement)
    assert (columns(database), constraints_and_indexes(database)) == online
    assert revisions.current(url) == history.head()


def libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_database_that_the_books_migration_made_is_upgraded_in_place(
    url: URL, database: psycopg.Connection
) -> None:
    database.execute(BOOK_TABLE)
    database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    database.execute("INSERT INTO alembic_version VALUES (%s)", [ROOT])
    insert(database)

    assert revisions.upgrade(url) == (ROOT, history.head())

    assert rooms_of(url) == [(CODE, 20, 5, 1.5, 2.5)]


def test_a_table_that_the_books_code_made_by_itself_is_taken_over(
    url: URL, database: psycopg.Connection
) -> None:
    database.execute(BOOK_TABLE)
    for room in EXAMPLE_ROOMS:
        insert(database, **vars(room))

    assert revisions.upgrade(url) == (None, history.head())

    assert sorted(rooms_of(url)) == sorted(tuple(vars(room).values()) for room in EXAMPLE_ROOMS)


@pytest.mark.parametrize(
    "spelling", [CODE.upper(), CODE.replace("-", ""), f"{{{CODE.replace('-', '')}}}"]
)
def test_codes_become_canonical(url: URL, database: psycopg.Connection, spelling: str) -> None:
    database.execute(BOOK_TABLE)
    insert(database, code=spelling)

    revisions.upgrade(url)

    assert rooms_of(url)[0][0] == CODE


def test_a_room_inserted_by_hand_is_found(url: URL, database: psycopg.Connection) -> None:
    revisions.upgrade(url)

    database.execute(
        "INSERT INTO room (code, size, price, longitude, latitude)"
        " VALUES ('3251a5bd-86be-428d-8ae9-6e51a8048c33', 20, 5, 1.5, 2.5)"
    )

    assert rooms_of(url) == [(CODE, 20, 5, 1.5, 2.5)]


BEFORE_IDS, WITHOUT_IDS = "b7a4d01f9c63", "3f6c82e1d9a7"


def test_inserts_go_on_when_the_ids_of_earlier_versions_have_run_out(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    revisions.upgrade(url)
    command.downgrade(revisions.alembic_config(engine), BEFORE_IDS)
    insert(database)
    database.execute("SELECT setval('room_id_seq', 2147483647)")
    with pytest.raises(psycopg.errors.SequenceGeneratorLimitExceeded):
        insert(database)

    revisions.upgrade(url)

    for room in EXAMPLE_ROOMS:
        insert(database, **vars(room))
    assert len(rooms_of(url)) == 1 + len(EXAMPLE_ROOMS)


def test_no_write_takes_an_id_from_the_sequence(url: URL, database: psycopg.Connection) -> None:
    revisions.upgrade(url)
    before = database.execute("SELECT last_value, is_called FROM room_id_seq").fetchall()
    rooms = connect(libpq(url)).rooms
    first = EXAMPLE_ROOMS[0]
    rooms.add(first)
    with pytest.raises(RoomConflict):
        rooms.add(first)
    rooms.put(EXAMPLE_ROOMS)
    rooms.put([replace(room, price=room.price + 1) for room in EXAMPLE_ROOMS])
    rooms.put((replace(first, code=str(uuid4())) for _ in range(2000)), timeout=60)
    rooms.close()

    assert database.execute("SELECT last_value, is_called FROM room_id_seq").fetchall() == before


def test_ids_are_unique_again_after_a_downgrade(
    engine: Engine, database: psycopg.Connection
) -> None:
    config = revisions.alembic_config(engine)
    command.upgrade(config, BEFORE_IDS)
    insert(database)
    command.upgrade(config, "head")
    for room in EXAMPLE_ROOMS:
        insert(database, **vars(room))

    command.downgrade(config, BEFORE_IDS)

    ids = "SELECT count(DISTINCT id), min(id), count(*) FROM room"
    assert database.execute(ids).fetchone() == (5, 1, 5)
    insert(database, code=str(uuid4()))
    command.upgrade(config, "head")
    assert database.execute(ids).fetchone() == (6, 1, 6)


def test_the_end_of_ids_rewrites_no_row_and_no_index(
    engine: Engine, database: psycopg.Connection
) -> None:
    files = (
        "SELECT relname, relfilenode FROM pg_class"
        " WHERE relname = 'room' OR relname ~ '^room_.*_(idx|key)$' ORDER BY relname"
    )
    config = revisions.alembic_config(engine)
    command.upgrade(config, BEFORE_IDS)
    before = database.execute(files).fetchall()

    command.upgrade(config, WITHOUT_IDS)

    assert len(before) == 6
    assert database.execute(files).fetchall() == before


def test_rooms_are_replicated_without_their_ids(url: URL, database: psycopg.Connection) -> None:
    """A published table needs a replica identity for updates."""
    revisions.upgrade(url)
    database.execute("CREATE PUBLICATION rooms FOR TABLE room")
    insert(database)

    database.execute("UPDATE room SET price = 6")
    database.execute("DELETE FROM room")

    assert everything(database) == "[]"


def test_a_foreign_key_to_an_id_stops_the_upgrade_and_is_named(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    command.upgrade(revisions.alembic_config(engine), BEFORE_IDS)
    database.execute("CREATE TABLE photo (room int CONSTRAINT photo_of_room REFERENCES room)")

    with pytest.raises(InvalidRequest, match=r"(?s)room: .*photo_of_room"):
        revisions.upgrade(url)

    assert revisions.current(url) == BEFORE_IDS


def rooms_of(url: URL) -> list[tuple[object, ...]]:
    rooms = connect(libpq(url)).rooms
    try:
        return [tuple(vars(room).values()) for room in rooms.search(Query())]
    finally:
        rooms.close()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"size": None}, "size is null"),
        ({"price": None}, "price is null"),
        ({"longitude": None}, "longitude is null"),
        ({"latitude": None}, "latitude is null"),
        ({"code": "no UUID"}, "code is not a UUID"),
        ({"code": CODE.upper()}, "code is a duplicate"),
        ({"size": 0}, "size is less than 1"),
        ({"price": -1}, "price is less than 0"),
        ({"longitude": float("nan")}, "longitude is not between -180 and 180"),
        ({"longitude": 180.5}, "longitude is not between -180 and 180"),
        ({"latitude": float("-inf")}, "latitude is not between -90 and 90"),
    ],
)
def test_a_row_that_cannot_be_carried_over_stops_the_upgrade_and_changes_nothing(
    url: URL, database: psycopg.Connection, changes: dict[str, object], problem: str
) -> None:
    database.execute(BOOK_TABLE)
    insert(database)
    other_code = {"code": "913694c6-435a-4366-ba0d-da5334a611b2"}
    insert(database, **other_code | changes)
    before = columns(database), everything(database)

    with pytest.raises(InvalidRequest, match=f"id 2: {problem}"):
        revisions.upgrade(url)

    assert (columns(database), everything(database)) == before
    assert revisions.current(url) is None


def everything(database: psycopg.Connection) -> str:
    return str(database.execute("SELECT * FROM room ORDER BY id").fetchall())


def test_the_first_20_refused_rows_are_listed_and_all_are_counted(
    url: URL, database: psycopg.Connection
) -> None:
    database.execute(BOOK_TABLE)
    database.execute("INSERT INTO room (code) SELECT 'x' || n FROM generate_series(1, 30) AS n")

    with pytest.raises(InvalidRequest) as refused:
        revisions.upgrade(url)

    text = str(refused.value)
    assert "30 rows cannot be migrated" in text
    assert "id 20: code is not a UUID, size is null, price is null" in text
    assert "id 21:" not in text


@pytest.mark.parametrize(
    "table", ["id int, code text", BOOK_TABLE.strip()[:-2] + ", floor INTEGER)", ""]
)
def test_a_table_with_other_columns_stops_the_upgrade_with_a_list(
    url: URL, database: psycopg.Connection, table: str
) -> None:
    database.execute(table if "CREATE" in table else f"CREATE TABLE room ({table})")

    with pytest.raises(InvalidRequest, match="The table room has the columns"):
        revisions.upgrade(url)

    assert revisions.current(url) is None


def test_a_role_that_may_create_tables_only_migrates(
    url: URL, database: psycopg.Connection
) -> None:
    role = f"role_{uuid4().hex}"
    database.execute(f"CREATE ROLE {role} LOGIN; GRANT CREATE ON SCHEMA public TO {role}")
    try:
        assert revisions.upgrade(url.set(username=role)).after == history.head()
        assert database.execute("SELECT FROM pg_extension WHERE extname = 'cube'").rowcount == 0
    finally:
        database.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_the_point_index_replaces_the_one_of_older_code_and_comes_back(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    config = revisions.alembic_config(engine)
    revisions.upgrade(url)
    indexes = "SELECT indexname FROM pg_indexes WHERE indexname ~ 'room_po' ORDER BY 1"
    for room in EXAMPLE_ROOMS:
        insert(database, **vars(room))

    command.downgrade(config, WITHOUT_IDS)
    assert database.execute(indexes).fetchall() == [("room_position_idx",)]
    # An interrupted migration left this one.
    database.execute("CREATE INDEX room_point_idx ON room (size)")
    revisions.upgrade(url)

    assert database.execute(indexes).fetchall() == [("room_point_idx",)]
    # Older code still needs the functions, and may use them until it is replaced.
    nearest = "SELECT cube(ARRAY[longitude, latitude]) <-> cube(ARRAY[0.0, 0.0]) FROM room"
    assert database.execute(nearest).rowcount == len(EXAMPLE_ROOMS)


def test_reads_and_writes_go_on_while_the_point_index_is_created(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    revisions.upgrade(url)
    command.downgrade(revisions.alembic_config(engine), WITHOUT_IDS)
    with psycopg.connect(libpq(url)) as export, ThreadPoolExecutor(1) as thread:
        export.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        export.execute("SELECT FROM room")
        migration = thread.submit(revisions.upgrade, url)
        building = "SELECT FROM pg_index WHERE indexrelid = to_regclass('room_point_idx')"
        while not database.execute(building).rowcount:
            time.sleep(0.01)
        insert(database)
        assert database.execute("SELECT FROM room").rowcount == 1
        assert not migration.done()
        export.rollback()
        assert migration.result(30).after == history.head()


def test_ten_migrations_at_once_all_succeed(url: URL) -> None:
    with ThreadPoolExecutor(10) as threads:
        migrations = list(threads.map(revisions.upgrade, [url] * 10))

    assert (
        sorted(migration.before or "" for migration in migrations) == [""] + [history.head()] * 9
    )
    assert {migration.after for migration in migrations} == {history.head()}


def test_a_migration_waits_so_long_and_names_the_one_it_waits_for(
    url: URL, engine: Engine
) -> None:
    with (
        migration_lock(engine, 0),
        pytest.raises(RepositoryUnavailable, match=r"server process \d+ \(rentomatic\)"),
    ):
        revisions.upgrade(url, timeout=0)


def test_the_holder_is_named_by_its_role_where_its_application_is_hidden(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    role = f"viewer_{uuid4().hex}"
    database.execute(f"CREATE ROLE {role} LOGIN")
    viewer = make_engine(url.set(username=role))
    try:
        with (
            migration_lock(engine, 0),
            pytest.raises(RepositoryUnavailable, match=r"server process \d+ \(\w+\)"),
            migration_lock(viewer, 0),
        ):
            pass
    finally:
        viewer.dispose()
        database.execute(f"DROP ROLE {role}")


def test_a_lock_that_is_released_while_its_holder_is_looked_up_is_taken(
    engine: Engine, database: psycopg.Connection
) -> None:
    database.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])

    @event.listens_for(engine, "before_cursor_execute")
    def release(*details: Any) -> None:
        if "pg_stat_activity" in details[2]:
            database.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])

    with migration_lock(engine, 0):
        held = database.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone()
        assert held == (False,)


def test_fields_in_details_have_statistics(url: URL, database: psycopg.Connection) -> None:
    revisions.upgrade(url)
    statistics = database.execute(
        "SELECT stxname FROM pg_statistic_ext WHERE stxrelid = 'room'::regclass"
    ).fetchall()

    assert {name for (name,) in statistics} == {f"room_{field}_stats" for field in DETAILS}


def test_a_waiting_migration_holds_no_snapshot(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    """It would, and CREATE INDEX CONCURRENTLY would wait for it, if it waited in the server."""
    revisions.upgrade(url)

    with ThreadPoolExecutor(1) as thread, migration_lock(engine, 0):
        waiting = thread.submit(revisions.upgrade, url)
        database.execute("CREATE INDEX CONCURRENTLY another ON room (size)")
        assert not waiting.done()

    assert waiting.result().after == history.head()


def test_a_revision_is_written_for_what_the_tables_say(
    url: URL, database: psycopg.Connection
) -> None:
    revisions.upgrade(url)
    database.execute("DROP INDEX room_price_code_idx")

    path = revisions.revise(url, 'it\'s "back" \\')
    assert path is not None
    try:
        text = path.read_text("utf-8")
    finally:
        path.unlink()

    assert text.startswith('"""it\'s \'back\' /."""')
    assert "op.create_index" in text
    compile(text, path, "exec")


def test_no_revision_is_written_where_nothing_differs(url: URL) -> None:
    revisions.upgrade(url)

    assert revisions.revise(url, "nothing") is None


def test_a_revision_needs_the_newest_one(url: URL) -> None:
    with pytest.raises(InvalidRequest, match="must be migrated first"):
        revisions.revise(url, "too early")


def test_a_database_of_a_newer_version_is_left_alone(
    url: URL, database: psycopg.Connection
) -> None:
    revisions.upgrade(url)
    database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")

    with pytest.raises(InvalidRequest, match="at ffffffffffff, a revision of a newer version"):
        revisions.upgrade(url)


def test_code_goes_on_serving_what_newer_code_has_migrated(
    url: URL, database: psycopg.Connection
) -> None:
    revisions.upgrade(url)
    rooms = connect(libpq(url)).rooms
    rooms.check()

    database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    rooms.check()
    database.execute("UPDATE alembic_version SET version_num = '4d4c19952a36'")
    with pytest.raises(RepositoryUnavailable):
        rooms.check()
    rooms.close()


def test_a_migration_lets_others_through_and_waits_for_readers(
    url: URL, engine: Engine, database: psycopg.Connection
) -> None:
    revisions.upgrade(url)
    command.downgrade(revisions.alembic_config(engine), "9e3d5b7a1c46")
    with psycopg.connect(libpq(url), application_name="reader") as reader:
        reader.execute("LOCK TABLE alembic_version IN ACCESS SHARE MODE")
        reader.execute("LOCK TABLE alembic_version IN SHARE MODE")
        with pytest.raises(RepositoryUnavailable, match=r"in use: by server .* \(reader\)"):
            revisions.upgrade(url, timeout=1)
        with ThreadPoolExecutor(1) as threads:
            migration = threads.submit(revisions.upgrade, url)
            time.sleep(0.5)
            assert database.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
            assert not migration.done()
            reader.rollback()
            assert migration.result(30).after == history.head()


def test_the_application_needs_no_psycopg_3() -> None:
    program = "import sys, rentomatic_postgres; sys.exit('psycopg' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_plain_url_means_psycopg2() -> None:
    assert make_url("postgresql://h/d").get_driver_name() != "psycopg2"
    assert parse_url("postgresql://h/d").get_driver_name() == "psycopg2"
    assert parse_url("postgres://h/d").get_driver_name() == "psycopg2"
