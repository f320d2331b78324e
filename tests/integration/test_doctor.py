"""`rentomatic doctor` on real databases, broken on purpose."""

import re
from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url, text

from rentomatic_cli import main
from rentomatic_postgres.schema import history
from tests.e2e.stack import checkout
from tests.servers import PostgresServer

pytestmark = pytest.mark.integration

HALF_MADE = "CREATE UNIQUE INDEX CONCURRENTLY half_made ON twice (number)"
WRITABLE = "SET default_transaction_read_only = off"
CATALOGS = "SET allow_system_table_mods = on"


@pytest.fixture
def name(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a role that serves for one test."""
    name = f"role_{uuid4().hex}"
    yield name
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP ROLE IF EXISTS "{name}"')


@pytest.fixture
def environ(postgres_url: str, name: str) -> Iterator[dict[str, str]]:
    """The settings of a database as `db init` leaves it, with somebody who may write."""
    environ = {
        "RENTOMATIC_REPOSITORY": postgres_url,
        "APPLICATION_USER": name,
        "APPLICATION_PASSWORD": "s3cr3t",
    }
    assert run(environ, "db", "init").exit_code == 0
    assert run(environ, "token", "new", "ann", "--role", "editor").exit_code == 0
    yield environ
    execute(postgres_url, WRITABLE, f'DROP OWNED BY "{name}"')


def run(environ: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments or ("doctor",), env=environ)


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def wrong(environ: dict[str, str]) -> list[str]:
    """Return the lines of warnings and errors; no test but those of backups has backups."""
    result = run(environ)
    assert "s3cr3t" not in result.output
    lines = [re.split(r"  +", line, maxsplit=2) for line in result.stdout.splitlines()[:-1]]
    assert result.exit_code == int(any(level == "error" for level, _, _ in lines))
    return [
        f"{level} {subject}: {found}"
        for level, subject, found in lines
        if level != "ok" and subject != "backups"
    ]


def test_nothing_is_wrong_with_a_database_as_it_is_made(environ: dict[str, str]) -> None:
    assert wrong(environ) == []


def test_an_owner_that_serves_is_one_warning(postgres_url: str, environ: dict[str, str]) -> None:
    (found,) = wrong({"RENTOMATIC_REPOSITORY": postgres_url})

    assert environ["RENTOMATIC_REPOSITORY"] == postgres_url
    assert found.startswith("warning configuration: The application connects as the table owner")


@pytest.mark.parametrize(
    ("statement", "subject", "remedy"),
    [
        ("REVOKE INSERT ON room FROM {role}", "error privileges", "rentomatic db init"),
        ("REVOKE SELECT ON alembic_version FROM {role}", "error privileges", "rentomatic db init"),
        (
            "GRANT CREATE ON SCHEMA public TO {role}",
            "error privileges",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}; or set APPLICATION_USER",
        ),
        (
            "GRANT CREATE ON DATABASE test TO {role}",
            "error privileges",
            "REVOKE CREATE ON DATABASE test FROM PUBLIC, {role}; or",
        ),
        ("GRANT postgres TO {role}", "error privileges", "ALTER TABLE"),
        ("ALTER TABLE token OWNER TO {role}", "error privileges", "ALTER TABLE token OWNER TO"),
        (
            "GRANT INSERT, DELETE ON token TO {role}",
            "error privileges",
            "REVOKE INSERT, DELETE ON token FROM PUBLIC, {role}; or",
        ),
        (
            "GRANT UPDATE (role) ON token TO PUBLIC",
            "error privileges",
            "REVOKE UPDATE ON token FROM PUBLIC, {role}; or",
        ),
        (
            "GRANT UPDATE ON alembic_version TO {role}",
            "error privileges",
            "REVOKE UPDATE ON alembic_version FROM PUBLIC, {role}; or",
        ),
        (
            "GRANT TRUNCATE, TRIGGER ON room TO {role}",
            "error privileges",
            "REVOKE TRUNCATE, TRIGGER ON room FROM PUBLIC, {role}; or",
        ),
        ("GRANT pg_write_all_data TO {role}", "error privileges", "REVOKE pg_write_all_data FROM"),
        ("ALTER ROLE {role} CREATEROLE", "error privileges", "ALTER ROLE {role} NOCREATEROLE; or"),
        ("ALTER ROLE {role} SUPERUSER", "error privileges", "ALTER ROLE {role} NOSUPERUSER; or"),
        (
            "DROP INDEX room_price_code_idx",
            "error tables",
            "CREATE INDEX room_price_code_idx ON room (price, code) ",
        ),
        ("ALTER TABLE token DROP COLUMN expires", "error tables", "Restore a backup"),
        ("ALTER ROLE {role} SET lock_timeout = '1min'", "warning limits", "rentomatic db init"),
        ("ALTER ROLE {role} RESET statement_timeout", "warning limits", "rentomatic db init"),
        (
            "ALTER DATABASE test SET default_transaction_read_only = on",
            "error writable",
            "ALTER DATABASE test RESET default_transaction_read_only",
        ),
        (
            "ALTER ROLE {role} SET default_transaction_read_only = on",
            "error writable",
            "ALTER ROLE {role} RESET default_transaction_read_only",
        ),
        (
            "DROP INDEX room_point_idx",
            "error tables",
            "CREATE INDEX room_point_idx ON room USING spgist (point(longitude, latitude)) ",
        ),
        (
            "UPDATE alembic_version SET version_num = '4d4c19952a36'",
            "error revision",
            "rentomatic db",
        ),
        ("UPDATE alembic_version SET version_num = 'x'", "error revision", "Run that version"),
        (
            "UPDATE pg_database SET datcollversion = '0' WHERE datname = 'test'",
            "warning collation",
            "REINDEX DATABASE test",
        ),
    ],
)
def test_what_is_broken_is_found_with_its_remedy(
    postgres_url: str, environ: dict[str, str], statement: str, subject: str, remedy: str
) -> None:
    role = environ["APPLICATION_USER"]
    execute(postgres_url, CATALOGS, statement.format(role=role))

    found = [line for line in wrong(environ) if line.startswith(f"{subject}: ")]

    assert len(found) == 1
    assert f"Remedy: {remedy.format(role=role)}" in found[0]


def test_the_remedies_of_a_role_mend_it(postgres_url: str, environ: dict[str, str]) -> None:
    role = environ["APPLICATION_USER"]
    execute(
        postgres_url,
        f"REVOKE ALL ON room, token FROM {role}",
        f"ALTER ROLE {role} RESET ALL",
    )
    assert len([line for line in wrong(environ) if "Remedy: rentomatic db init" in line]) == 2

    assert run(environ, "db", "init").exit_code == 0

    assert wrong(environ) == []


def test_an_index_that_was_left_half_made_is_named(
    postgres_url: str, environ: dict[str, str]
) -> None:
    execute(postgres_url, "CREATE TABLE twice AS SELECT 1 AS number FROM generate_series(1, 2)")
    with suppress(psycopg.errors.UniqueViolation):
        execute(postgres_url, HALF_MADE)

    (found,) = wrong(environ)

    assert found.startswith("warning indexes: ")
    assert found.endswith("Remedy: REINDEX INDEX CONCURRENTLY half_made")


@pytest.mark.parametrize(
    ("processes", "level"), [("4", None), ("40", "warning"), ("1000", "error")]
)
def test_processes_need_connections(
    environ: dict[str, str], processes: str, level: str | None
) -> None:
    found = wrong(environ | {"WEB_CONCURRENCY": processes})

    assert [line.split()[0] for line in found] == [level][: len(found)]
    assert len(found) == (level is not None)
    assert all("max_connections 100 - reserved 3 - used by others" in line for line in found)


def test_each_role_that_cannot_connect_is_named_without_its_password(
    environ: dict[str, str],
) -> None:
    url = make_url(environ["RENTOMATIC_REPOSITORY"])
    nobody = url.set(username="nobody", password="s3cr3t").render_as_string(hide_password=False)

    found = wrong(environ | {"RENTOMATIC_REPOSITORY": nobody})

    (line,) = [line for line in found if line.startswith("error")]
    assert line.startswith("error owner: Cannot connect to postgresql://nobody:***@/test?host=")
    assert 'role "nobody" does not exist' in line


def test_who_serves_needs_no_owner(environ: dict[str, str]) -> None:
    url = environ["RENTOMATIC_REPOSITORY"].replace("postgres@", "")

    result = run(environ | {"RENTOMATIC_REPOSITORY": url})

    assert result.exit_code == 0
    assert "ok       owner          No owner is configured" in result.stdout
    assert f"The database is at {history.head()}, the newest revision" in result.stdout


def test_where_the_owner_cannot_look_the_role_that_serves_does(environ: dict[str, str]) -> None:
    nobody = environ["RENTOMATIC_REPOSITORY"].replace("postgres@", "nobody@")

    result = run(environ | {"RENTOMATIC_REPOSITORY": nobody})

    assert result.exit_code == 1
    assert f"The database is at {history.head()}, the newest revision" in result.stdout


@pytest.mark.parametrize(
    ("constant", "value", "found"),
    [
        ("doctor.server.MIN_VERSION", 99, "error version: The server is PostgreSQL"),
        ("doctor.server.COLLATION", text("SELECT x"), "warning collation: Check failed: "),
        ("doctor.roles.READ_ONLY", text("SELECT true, false, '', '', ''"), "error writable: "),
    ],
)
def test_what_no_test_server_has_is_found(
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    constant: str,
    value: object,
    found: str,
) -> None:
    monkeypatch.setattr(f"rentomatic_postgres.{constant}", value)

    lines = wrong(environ)

    assert lines[0].startswith(found)
    assert all(line.split()[1] == found.split()[1] for line in lines)


def test_the_embedded_database_is_well(shell: dict[str, str]) -> None:
    with checkout(shell) as ours:
        status, output = ours.rentomatic("doctor")

        assert status == 0, output
        assert f"Only its owner can access {ours.state}/run\n" in output
        assert "The application connects as rentomatic, not as the owner\n" in output
        assert output.splitlines()[-1].startswith("errors 0, ")


def test_an_empty_database_reads_as_one_that_has_to_be_migrated(empty_postgres_url: str) -> None:
    found = wrong({"RENTOMATIC_REPOSITORY": empty_postgres_url})

    assert [line.partition(": ")[0] for line in found if line.startswith("error")] == [
        "error revision",
        "error storage",
    ]


def test_nobody_can_use_a_service_for_tokens_without_one(environ: dict[str, str]) -> None:
    assert run(environ, "token", "revoke", "ann").exit_code == 0

    (public,) = wrong(environ)
    (closed,) = wrong(environ | {"RENTOMATIC_READING": "token"})

    assert public.startswith("warning storage: There is no valid token: nobody can write")
    assert closed.startswith("error storage: There is no valid token: nobody can read or")


def test_mongodb_is_reached_and_its_tokens_counted(mongo_url: str) -> None:
    environ = {"RENTOMATIC_REPOSITORY": mongo_url}
    assert run(environ, "token", "new", "ann", "--role", "editor").exit_code == 0

    assert "Valid tokens: 1; rooms can be read by everyone" in run(environ).stdout
