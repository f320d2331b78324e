"""Backups, restores and their errors."""

import os
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg2.extensions import parse_dsn

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Role, Token
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.connect import connect
from rentomatic.repository.protocols import Limits
from rentomatic_postgres.backup.client_programs import libpq_connection
from rentomatic_postgres.connections import make_engine, parse_url
from rentomatic_postgres.schema import history, revisions
from services.stack import programs
from tests.apps import token_for
from tests.backups import backup, done, run
from tests.e2e.stack import eventually
from tests.programs import find
from tests.rooms import room
from tests.servers import PostgresServer

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("postgres_programs")]

ROOMS = [room(number, price=number) for number in range(1, 31)]
BEFORE_TOKENS = "9e3d5b7a1c46"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups are; there is no such folder yet."""
    return tmp_path / "backups"


@pytest.fixture
def environ(postgres_url: str, folder: Path) -> dict[str, str]:
    """The settings of a database with rooms and a token."""
    fill(postgres_url)
    return {"RENTOMATIC_REPOSITORY": postgres_url, "RENTOMATIC_BACKUPS": str(folder)}


def fill(url: str) -> None:
    storage = connect(url)
    storage.rooms.put(ROOMS)
    token_for(storage.tokens, Role.EDITOR)
    storage.close()


def held(url: str) -> tuple[list[Room], list[Token]]:
    storage = connect(url)
    try:
        return sorted(storage.rooms.scan(), key=lambda each: each.code), list(
            storage.tokens.list()
        )
    finally:
        storage.close()


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        return (connection.execute(query).fetchone() or [None])[0]


@contextmanager
def unchanged(url: str) -> Iterator[None]:
    """Fail when the database holds something else afterwards."""
    tables = "SELECT array_agg(oid ORDER BY oid) FROM pg_class"
    before = held(url), one(url, tables)
    yield
    assert (held(url), one(url, tables)) == before


def test_a_backup_is_a_whole_file_that_only_its_owner_can_read(
    environ: dict[str, str], folder: Path
) -> None:
    file = backup(environ)

    head = history.head()
    assert file.match(f"test-????????T??????Z-{head}.dump")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert file.read_bytes().startswith(b"PGDMP")
    checksum = Path(f"{file}.sha256").read_text("utf-8")
    assert checksum == f"{sha256(file.read_bytes()).hexdigest()}  {file.name}\n"


def test_a_backup_says_how_much_it_holds(environ: dict[str, str]) -> None:
    output = done(environ, "backup")

    (file,) = Path(environ["RENTOMATIC_BACKUPS"]).glob("*.dump")
    assert output == f"Backed up {file}: {file.stat().st_size:,} bytes, 30 rooms\n"


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM room",
        "UPDATE room SET price = 1",
        "DROP TABLE room",
        "DROP TABLE room, token, alembic_version",
        "DELETE FROM token; ALTER TABLE token ADD COLUMN later int",
        "CREATE TABLE later (id int); CREATE VIEW latest AS SELECT later.* FROM later, room",
        "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE t AS (a int)",
    ],
)
def test_what_was_damaged_comes_back(
    environ: dict[str, str], postgres_url: str, damage: str
) -> None:
    file = backup(environ)
    before = held(postgres_url)
    execute(postgres_url, damage)

    output = done(environ, "restore", file.name, "--yes")

    assert held(postgres_url) == before
    assert output.endswith(f"Restored {file}: 30 rooms, at {history.head()}\n")
    assert done(environ, "db", "revision", "x") == (
        "The database equals tables.py: nothing to migrate\n"
    )
    mine = "SELECT count(*) FROM pg_class WHERE relname IN ('later', 'latest', 't')"
    assert one(postgres_url, mine) == 0
    storage = connect(postgres_url)
    storage.rooms.add(room(31))  # its id comes after all others
    storage.close()


def test_what_is_replaced_is_backed_up_first(
    environ: dict[str, str], postgres_url: str, folder: Path
) -> None:
    file = backup(environ)
    execute(postgres_url, "DELETE FROM room WHERE price > 10")
    before = held(postgres_url)

    done(environ, "restore", file.name, "--yes")
    (saved,) = {*folder.glob("*.dump")} - {file}
    done(environ, "restore", str(saved), "--yes", "--no-backup")

    assert held(postgres_url) == before
    assert len([*folder.glob("*.dump")]) == 2


@pytest.fixture
def alembic(postgres_url: str) -> Iterator[Config]:
    engine = make_engine(parse_url(postgres_url))
    yield revisions.alembic_config(engine)
    engine.dispose()


def test_an_older_revision_is_restored_and_migrated(
    environ: dict[str, str], postgres_url: str, alembic: Config
) -> None:
    rooms, _ = held(postgres_url)
    command.downgrade(alembic, BEFORE_TOKENS)
    file = backup(environ)
    done(environ, "db", "migrate")

    output = done(environ, "restore", file.name, "--yes")

    assert f"at {BEFORE_TOKENS}\nThe newest revision is {history.head()}: run " in output
    assert revisions.current(parse_url(postgres_url)) == BEFORE_TOKENS
    assert one(postgres_url, "SELECT to_regclass('public.token')") is None
    done(environ, "db", "migrate")
    assert held(postgres_url) == (rooms, [])


def test_a_revision_that_nobody_knows_is_refused(
    environ: dict[str, str], postgres_url: str, alembic: Config
) -> None:
    execute(postgres_url, "UPDATE alembic_version SET version_num = 'ffffffffffff'")
    file = backup(environ)
    command.stamp(alembic, "head", purge=True)

    with unchanged(postgres_url):
        result = run(environ, "restore", file.name, "--yes")

    assert (result.exit_code, result.stderr) == (
        2,
        f"rentomatic: {file.name}: is at ffffffffffff, a revision of a newer version\n",
    )


def test_a_database_of_a_newer_version_can_be_left(
    environ: dict[str, str], postgres_url: str
) -> None:
    file = backup(environ)
    before = held(postgres_url)
    newer = "UPDATE alembic_version SET version_num = 'ffffffffffff'"
    execute(postgres_url, "CREATE TABLE photo (room uuid REFERENCES room (code))", newer)

    done(environ, "restore", file.name, "--yes")

    assert held(postgres_url) == before
    assert one(postgres_url, "SELECT to_regclass('public.photo')") is None


def test_a_new_machine_gets_it(
    environ: dict[str, str], postgres_url: str, empty_postgres_url: str, folder: Path
) -> None:
    file = backup(environ)

    done(environ | {"RENTOMATIC_REPOSITORY": empty_postgres_url}, "restore", str(file), "--yes")

    assert held(empty_postgres_url) == held(postgres_url)
    assert [*folder.glob("*.dump")] == [file]  # nothing was there to be backed up


@pytest.mark.parametrize("alone", [False, True])
def test_a_cut_file_is_refused(environ: dict[str, str], postgres_url: str, alone: bool) -> None:
    file = backup(environ)
    whole = file.read_bytes()
    if alone:
        Path(f"{file}.sha256").unlink()

    with unchanged(postgres_url):
        for length in (0, 3, len(whole) // 2, len(whole) - 1 if not alone else len(whole) - 400):
            file.write_bytes(whole[:length])
            assert_refused(environ, file)


def test_a_file_with_a_wrong_byte_is_refused(environ: dict[str, str], postgres_url: str) -> None:
    file = backup(environ)
    whole = file.read_bytes()

    with unchanged(postgres_url):
        for position in range(0, len(whole), len(whole) // 7):
            flipped = bytearray(whole)
            flipped[position] ^= 0x10
            file.write_bytes(flipped)
            assert_refused(environ, file)


def assert_refused(environ: dict[str, str], file: Path) -> None:
    result = run(environ, "restore", file.name, "--yes")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"rentomatic: {file.name}: ")
    assert done(environ, "backups").splitlines()[-1].endswith(" no")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "input file is too short"),
        (b"code,size\n" * 99, "input file does not appear to be a valid "),
        (b"--\n-- PostgreSQL database dump\n--\n" + b"\n" * 999, "use psql"),
    ],
)
def test_what_is_no_backup_is_refused(
    environ: dict[str, str], postgres_url: str, tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)

    with unchanged(postgres_url):
        result = run(environ, "restore", str(file), "--yes")

    assert result.exit_code == 2
    assert message in result.stderr


def test_a_missing_file_is_named(environ: dict[str, str], folder: Path) -> None:
    result = run(environ, "restore", "nothing.dump", "--yes")

    assert result.exit_code == 2
    assert result.stderr == (f"rentomatic: nothing.dump: must be a backup in {folder} or a file\n")


def test_a_backup_of_something_else_is_refused(
    environ: dict[str, str], postgres_url: str, empty_postgres_url: str
) -> None:
    execute(empty_postgres_url, "CREATE TABLE other (id int)")
    file = backup(environ | {"RENTOMATIC_REPOSITORY": empty_postgres_url})

    with unchanged(postgres_url):
        result = run(environ, "restore", file.name, "--yes")

    assert file.name.endswith("-none.dump")
    assert result.stderr == f"rentomatic: {file.name}: must contain a table of rooms\n"


def test_what_fails_half_way_changes_nothing(environ: dict[str, str], postgres_url: str) -> None:
    execute(
        postgres_url,
        "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.kind (name text PRIMARY KEY)",
        "CREATE TABLE last (name text REFERENCES elsewhere.kind)",
    )
    file = backup(environ)
    execute(postgres_url, "DROP SCHEMA elsewhere CASCADE", "DELETE FROM room WHERE price < 5")

    with unchanged(postgres_url):
        result = run(environ, "restore", file.name, "--yes", "--no-backup")

    assert result.exit_code == 2
    assert f"{file.name}: was not restored: " in result.stderr
    assert '"elsewhere" does not exist' in result.stderr


def test_who_keeps_using_the_tables_is_not_waited_for_long(
    environ: dict[str, str], postgres_url: str
) -> None:
    file = backup(environ)

    with unchanged(postgres_url), psycopg.connect(postgres_url) as busy:
        busy.execute("SELECT count(*) FROM room")
        impatient = environ | {"RENTOMATIC_LOCK_TIMEOUT": "1"}
        result = run(impatient, "restore", file.name, "--yes")

    assert result.exit_code == 5
    assert result.stderr == ("rentomatic: The tables are in use: nothing was restored\n")


def test_who_reads_meanwhile_sees_all_of_one_or_of_the_other(
    environ: dict[str, str], postgres_url: str
) -> None:
    file = backup(environ)
    execute(postgres_url, "DELETE FROM room WHERE price > 10")
    storage = connect(postgres_url, Limits(lock=60, statement=60))
    seen, stop = [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append(len(list(storage.rooms.scan())))
            except RepositoryUnavailable:
                seen.append(-1)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            done(environ, "restore", file.name, "--yes", "--no-backup")
    finally:
        stop.set()
        reader.join()
        storage.close()

    assert {10, 30} <= {*seen} <= {10, 30, -1}


def test_whoever_serves_can_do_so_afterwards(environ: dict[str, str], postgres_url: str) -> None:
    role = {"APPLICATION_USER": "serving_restored", "APPLICATION_PASSWORD": "s3cr3t"}
    environ |= role
    done(environ, "db", "init")
    verifier = "SELECT rolpassword FROM pg_authid WHERE rolname = 'serving_restored'"
    before = one(postgres_url, verifier)
    file = backup(environ)
    execute(
        postgres_url,
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM serving_restored",
    )

    done(environ | {"APPLICATION_PASSWORD": "another"}, "restore", file.name, "--yes")

    assert one(postgres_url, verifier) == before
    served = postgres_url.replace("postgres@", "serving_restored@")
    assert held(served) == held(postgres_url)
    with psycopg.connect(served, autocommit=True) as connection:
        connection.execute("DELETE FROM room WHERE price = 1")
        for refused in ("DELETE FROM alembic_version", "DROP TABLE room"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


RIGHTS = """
SELECT array_agg(format('%s.%s %s', relname, attname, acl) ORDER BY relname, attname, acl::text)
FROM (
    SELECT relname, '' AS attname, aclexplode(coalesce(relacl,
            acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))) AS acl
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
    UNION ALL SELECT relname, attname, aclexplode(attacl)
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace) AS rights
"""


def test_rights_are_as_before(environ: dict[str, str], postgres_url: str) -> None:
    """Of everybody, and also where default privileges would give others to new tables."""
    file = backup(environ)
    role = 'the "reporting" role'.replace('"', '""')
    execute(
        postgres_url,
        f'CREATE ROLE "{role}"',
        f'GRANT SELECT ON alembic_version TO "{role}" WITH GRANT OPTION',
        f'GRANT SELECT (code, price), UPDATE (price) ON room TO "{role}"',
        f'GRANT USAGE ON SEQUENCE room_id_seq TO "{role}"',
        "GRANT SELECT ON room TO PUBLIC",
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO "{role}"',
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO "{role}"',
    )
    try:
        before = one(postgres_url, RIGHTS)
        done(environ, "restore", file.name, "--yes", "--no-backup")
        assert one(postgres_url, RIGHTS) == before
        execute(postgres_url, "DROP TABLE token")
        done(environ, "restore", file.name, "--yes", "--no-backup")
        writes = f"has_table_privilege('{role}', 'token', 'INSERT')".replace('""', '"')
        assert one(postgres_url, f"SELECT {writes}")  # a new table has the default privileges
    finally:
        execute(postgres_url, f'DROP OWNED BY "{role}"', f'DROP ROLE "{role}"')


def test_the_role_that_serves_never_gets_more_rights_than_before(
    environ: dict[str, str], postgres_url: str
) -> None:
    """Even where the settings of the restore do not name it."""
    name = "serving_unnamed"
    file = backup(environ)
    execute(postgres_url, f"CREATE ROLE {name} LOGIN")
    try:
        done(environ | {"APPLICATION_USER": name}, "db", "init")
        before = one(postgres_url, RIGHTS)
        done(environ, "restore", file.name, "--yes", "--no-backup")
        assert one(postgres_url, RIGHTS) == before
        storage = connect(postgres_url.replace("postgres@", f"{name}@"))
        storage.rooms.check()
        storage.rooms.add(room(31))
        storage.close()
    finally:
        execute(postgres_url, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_backup_with_the_extension_of_earlier_versions_comes_back(
    environ: dict[str, str], postgres_url: str
) -> None:
    index = "CREATE INDEX old ON room USING gist (cube(ARRAY[longitude, latitude]))"
    execute(postgres_url, "CREATE EXTENSION cube", index)
    file = backup(environ)
    execute(postgres_url, "DROP TABLE room, token, alembic_version", "DROP EXTENSION cube")

    done(environ, "restore", file.name, "--yes", "--no-backup")

    assert one(postgres_url, "SELECT to_regclass('old') IS NOT NULL")
    assert len(held(postgres_url)[0]) == len(ROOMS)


def test_an_owner_that_is_nobody_else_restores_beside_an_extension_of_a_superuser(
    environ: dict[str, str],
    postgres_url: str,
    postgres_server: PostgresServer,
    empty_postgres_url: str,
) -> None:
    execute(postgres_url, "CREATE EXTENSION cube")
    file = backup(environ)
    execute(
        empty_postgres_url,
        "CREATE ROLE plain_owner LOGIN",
        "CREATE EXTENSION cube",
        "GRANT CREATE ON SCHEMA public TO plain_owner",
    )
    try:
        owner = postgres_server._replace(user="plain_owner").url("test_empty")
        for _ in range(2):
            done(environ | {"RENTOMATIC_REPOSITORY": owner}, "restore", str(file), "--yes")
        assert len(held(owner)[0]) == len(ROOMS)
    finally:
        execute(empty_postgres_url, "DROP OWNED BY plain_owner", "DROP ROLE plain_owner")


def test_only_so_many_are_kept(environ: dict[str, str], folder: Path) -> None:
    first = backup(environ)
    other = folder / first.name.replace("test-", "test-more-")
    other.write_bytes(first.read_bytes())
    second = backup(environ)
    output = done(environ, "backup", "--keep", "2")

    assert output.endswith(f"Removed {first}\n")
    left = {file.name for file in folder.glob("*.dump*")}
    assert {other.name, second.name, f"{second.name}.sha256"} < left
    assert len(left) == 5  # the third and its checksum as well


def test_a_backup_that_fails_removes_nothing(
    environ: dict[str, str], postgres_url: str, folder: Path
) -> None:
    file = backup(environ)
    execute(
        postgres_url, "CREATE ROLE weak LOGIN", "GRANT SELECT ON room, alembic_version TO weak"
    )
    try:
        weak = environ | {"RENTOMATIC_REPOSITORY": postgres_url.replace("postgres@", "weak@")}
        result = run(weak, "backup", "--keep", "1")
    finally:
        execute(postgres_url, "DROP OWNED BY weak", "DROP ROLE weak")

    assert result.exit_code == 1
    assert "permission denied" in result.stderr
    assert {each.name for each in folder.iterdir()} == {
        ".lock",
        file.name,
        f"{file.name}.sha256",
    }


def test_what_a_killed_backup_leaves_is_no_backup_and_goes_away(
    environ: dict[str, str], postgres_url: str, folder: Path
) -> None:
    with psycopg.connect(postgres_url) as busy:
        busy.execute("LOCK TABLE token")  # which pg_dump then waits for
        argv = [find("rentomatic"), "backup"]
        with subprocess.Popen(argv, env=os.environ | environ, start_new_session=True) as process:
            eventually(lambda: bool(list(folder.glob(".*.unfinished"))), "it has begun")
            os.killpg(process.pid, signal.SIGKILL)
    assert len(done(environ, "backups").splitlines()) == 1

    file = backup(environ)

    assert {each.name for each in folder.iterdir()} == {
        ".lock",
        file.name,
        f"{file.name}.sha256",
    }


def test_backups_are_listed_the_newest_first(environ: dict[str, str], folder: Path) -> None:
    files = [backup(environ), backup(environ)]
    for name in ("notes.dump", "test-20260231T000000Z-none.dump"):
        (folder / name).write_text("no backup", "utf-8")

    heading, *rows = done(environ, "backups").splitlines()

    assert heading.split() == ["name", "created", "bytes", "revision", "rooms", "photos", "valid"]
    assert [row.split()[0] for row in rows] == [file.name for file in reversed(files)]
    size = f"{files[0].stat().st_size:,}"
    assert rows[1].split()[2:] == [size, history.head(), "30", "yes"]


@pytest.mark.parametrize(("table", "status"), [("room", 5), ("token", 1)])
def test_a_backup_does_not_wait_for_a_lock_for_ever(
    environ: dict[str, str], postgres_url: str, folder: Path, table: str, status: int
) -> None:
    with psycopg.connect(postgres_url) as busy:
        busy.execute(f"LOCK TABLE {table}")
        result = run(environ | {"RENTOMATIC_LOCK_TIMEOUT": "1"}, "backup")

    assert result.exit_code == status
    assert "canceling statement due to " in result.stderr
    assert [each.name for each in folder.iterdir()] == [".lock"]


def test_there_may_be_none(environ: dict[str, str]) -> None:
    assert len(done(environ, "backups").splitlines()) == 1


def test_it_asks_first(environ: dict[str, str], postgres_url: str) -> None:
    file = backup(environ)
    execute(postgres_url, "DELETE FROM room WHERE price > 10")

    with unchanged(postgres_url):
        result = run(environ, "restore", file.name, text="n\n")

    assert result.exit_code == 1
    assert f"The database contains 10 rooms. Replace it with {file.name}, which is 0 days" in (
        result.stderr
    )
    assert run(environ, "restore", file.name, text="y\n").exit_code == 0
    assert len(held(postgres_url)[0]) == len(ROOMS)


@pytest.mark.parametrize("url", ["memory://", "mongodb://127.0.0.1:1/test"])
@pytest.mark.parametrize("words", [("backup",), ("backups",), ("restore", "x", "--yes")])
def test_only_postgresql_has_backups(url: str, words: tuple[str, ...]) -> None:
    result = run({"RENTOMATIC_REPOSITORY": url}, *words)

    assert result.exit_code == 2
    assert result.stderr == "rentomatic: RENTOMATIC_REPOSITORY: must be a PostgreSQL URL\n"


def test_programs_that_are_missing_are_named(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    result = run(environ, "backup")

    assert (result.exit_code, result.stderr) == (
        1,
        "Error: pg_dump, pg_restore, psql are not on PATH\n",
    )


@pytest.mark.parametrize("dead", ["/nowhere", "127.0.0.1:1"])
@pytest.mark.parametrize("form", ["{dead},{alive}", "?host={dead}&host={alive}"])
def test_the_first_of_several_servers_that_answers_is_used(
    environ: dict[str, str], postgres_server: PostgresServer, form: str, dead: str
) -> None:
    quoted = {
        name: quote(host, safe=":")
        for name, host in {"dead": dead, "alive": postgres_server.host}.items()
    }
    place, _, options = form.format(**quoted).partition("?")
    url = f"postgresql://postgres@{place}/test?target_session_attrs=read-write&{options}"
    several = environ | {"RENTOMATIC_REPOSITORY": url}

    assert "already exists" in done(several, "db", "init")
    file = backup(several)
    assert f"Restored {file}" in done(several, "restore", file.name, "--yes", "--no-backup")
    psql = (find("rentomatic"), "db", "psql", "-Atc", "SELECT count(*) FROM room")
    output = subprocess.run(psql, env=os.environ | several, capture_output=True, check=True)
    assert output.stdout == b"30\n"


def test_no_backup_is_made_that_its_server_would_refuse(
    environ: dict[str, str],
    postgres_url: str,
    shell: dict[str, str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every PostgreSQL that is here as the client, and the server under test."""
    server = int(str(one(postgres_url, "SHOW server_version_num"))) // 10000
    for programs_ in programs.postgresqls(shell | {"RENTOMATIC_POSTGRES_BIN": ""}):
        client = int(programs.major_version(programs_))
        monkeypatch.setenv("PATH", str(programs_))
        result = run(environ, "backup")
        if result.exit_code == 0:
            (file,) = folder.glob("*.dump")
            done(environ, "restore", file.name, "--yes", "--no-backup")
            file.unlink()
        elif client < server:
            assert "server version mismatch" in result.stderr
        else:
            assert f"PostgreSQL {server} rejects backups of pg_dump {client}" in result.stderr


def test_a_password_is_on_no_command_line() -> None:
    for url in ("postgresql://me:s3cr3t@db/d", "postgresql://me@db/d?password=s3cr3t"):
        target, variables = libpq_connection(parse_url(url))
        assert parse_dsn(target) == {"host": "db", "dbname": "d", "user": "me"}
        assert variables["PGPASSWORD"] == "s3cr3t"
