"""The role that serves, beside the one that owns."""

import hmac
import logging
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import pbkdf2_hmac, sha256
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from rentomatic.repository.connect import connect
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.protocols import Limits, Storage
from rentomatic.settings.settings import load
from rentomatic_cli import main
from rentomatic_postgres.connections import make_application_engine, parse_url
from rentomatic_postgres.schema import history, revisions
from rentomatic_postgres.schema.roles import reset_privileges, set_up_role
from rentomatic_web import create_app
from tests.servers import PostgresServer

pytestmark = pytest.mark.integration

PASSWORD = "s3cr3t %40:/?# '\"\\ żółć"

CHANGES_OF_TOKENS = (
    "INSERT INTO token VALUES ('eve', 'editor', '00', now())",
    "INSERT INTO token SELECT 'eve', role, digest, created, NULL FROM token",
    "UPDATE token SET role = 'editor'",
    "UPDATE token SET expires = NULL",
    "DELETE FROM token",
    "TRUNCATE token",
    "COPY token FROM STDIN",
    "SELECT FROM token FOR UPDATE",
)
CHANGES_OF_THE_SCHEMA = (
    "CREATE TABLE test (id int)",
    "CREATE INDEX ON room (size, price)",
    "CREATE SCHEMA test",
    "CREATE EXTENSION cube",
    "ALTER TABLE room ADD COLUMN floor int",
    "ALTER TABLE room DISABLE TRIGGER ALL",
    "DROP TABLE token",
    "DROP INDEX room_price_code_idx",
    "TRUNCATE room",
    "UPDATE alembic_version SET version_num = ''",
    "DELETE FROM alembic_version",
    "CREATE ROLE test",
    "CREATE TRIGGER test BEFORE UPDATE ON room"
    " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    *CHANGES_OF_TOKENS,
)


@pytest.fixture
def name() -> str:
    """The name of a role that is not there yet."""
    return f"role_{uuid4().hex}"


@pytest.fixture
def environ(postgres_url: str, name: str) -> dict[str, str]:
    """The settings of a migrated database that a role of its own is to serve."""
    return settings_of(postgres_url, name)


def settings_of(url: str, name: str) -> dict[str, str]:
    return {
        "RENTOMATIC_REPOSITORY": url,
        "APPLICATION_USER": name,
        "APPLICATION_PASSWORD": PASSWORD,
    }


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def run(environ: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environ)


def init(environ: dict[str, str]) -> Result:
    result = run(environ, "db", "init")
    assert result.exit_code == 0, result.output
    return result


@contextmanager
def served(environ: dict[str, str]) -> Iterator[Storage]:
    storage = connect(load(environ).repository)
    try:
        yield storage
    finally:
        storage.close()


@contextmanager
def as_role(environ: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(load(environ).repository, autocommit=True) as connection:
        yield connection


def serves(environ: dict[str, str]) -> bool:
    """Return whether the role has exactly the privileges that it needs."""
    settings = load(environ)
    with served(environ) as storage:
        client = create_app(storage, settings).test_client()
        assert client.get("/readyz").status_code == 200
        assert storage.rooms.put(EXAMPLE_ROOMS).created == len(EXAMPLE_ROOMS)
        first = EXAMPLE_ROOMS[0]
        storage.rooms.remove(first)
        storage.rooms.add(first)
        assert len(list(storage.rooms.scan())) == len(EXAMPLE_ROOMS)
        token = run(environ, "token", "new", "ann", "--role", "editor")
        assert token.exit_code == 0
        editor = {"Authorization": f"Bearer {token.stdout.strip()}"}
        path = f"/rooms/{first.code}"
        assert client.delete(path, headers=editor).status_code == 204
        storage.rooms.add(first)
        assert "ann" in run(environ, "token", "list").stdout
        assert run(environ, "token", "revoke", "ann").exit_code == 0
        assert client.delete(path, headers=editor).status_code == 403
    with as_role(environ) as connection:
        connection.execute("CREATE TEMPORARY TABLE import (LIKE room)")
        for change in CHANGES_OF_THE_SCHEMA:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change)
    return settings.repository != settings.owner


def test_a_migrated_database_gets_a_role_that_serves(environ: dict[str, str], name: str) -> None:
    result = init(environ)

    assert result.stdout.endswith(f" already exists\nSet up the application role {name}\n")
    assert serves(environ)


def test_making_it_again_changes_nothing(environ: dict[str, str]) -> None:
    assert init(environ).output == init(environ).output

    assert serves(environ)


def test_what_is_migrated_afterwards_is_served_as_well(empty_postgres_url: str, name: str) -> None:
    environ = settings_of(empty_postgres_url, name)
    init(environ)

    assert run(environ, "db", "status").exit_code == 1
    assert run(environ, "db", "migrate").exit_code == 0
    assert serves(environ)


def test_a_database_that_is_made_is_served(postgres_server: PostgresServer, name: str) -> None:
    environ = settings_of(postgres_server.url(f"made_{name}"), name)

    assert "Created the database" in init(environ).stdout
    assert run(environ, "db", "migrate").exit_code == 0
    assert serves(environ)


COLLATION = "UPDATE pg_database SET datcollversion = {version} WHERE datname = 'template1'"


def test_a_database_is_made_beside_a_template_of_another_collation_version(
    postgres_server: PostgresServer, name: str
) -> None:
    environ = settings_of(postgres_server.url(f"made_{name}"), name)
    server = postgres_server.url("postgres")
    with psycopg.connect(server) as connection:
        version = connection.execute(
            "SELECT quote_nullable(datcollversion) FROM pg_database WHERE datname = 'template1'"
        ).fetchone()
    execute(server, COLLATION.format(version="'0'"))
    try:
        result = run(environ, "db", "init")
    finally:
        execute(server, COLLATION.format(version=(version or ["NULL"])[0]))

    assert (result.exit_code, result.stderr) == (0, "")
    assert run(environ, "db", "migrate").exit_code == 0
    assert serves(environ)


@pytest.mark.parametrize("name", ["Anna Maria", 'an "odd" one', "it's", "100%", "Żółć", "user"])
def test_any_name_will_do(environ: dict[str, str]) -> None:
    init(environ)

    assert serves(environ)


# Privileges that earlier versions granted: on tables, and by default on tables to come.
GRANTED_BEFORE = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role}",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT UPDATE (role), INSERT (name) ON token TO {role}",
)


@pytest.mark.parametrize("command", [("db", "init"), ("db", "migrate")])
def test_rights_of_earlier_versions_are_revoked(
    environ: dict[str, str], postgres_url: str, name: str, command: tuple[str, ...]
) -> None:
    init(environ)
    execute(postgres_url, *(grant.format(role=name) for grant in GRANTED_BEFORE))

    assert run(environ, *command).exit_code == 0

    assert serves(environ)
    execute(postgres_url, "CREATE TABLE later (id serial)")
    with as_role(environ) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT FROM later")


def test_requests_never_find_the_role_without_rights(environ: dict[str, str]) -> None:
    """Rights are replaced in one transaction, also while the application serves."""
    init(environ)
    settings = load(environ)
    owner, role = parse_url(settings.owner), parse_url(settings.repository)
    with served(environ) as storage, ThreadPoolExecutor(1) as thread:
        renewals = thread.submit(
            lambda: [reset_privileges(owner, str(role.username)) for _ in range(20)]
        )
        while not renewals.done():
            storage.rooms.check()
            storage.rooms.put(EXAMPLE_ROOMS)
            storage.tokens.list()

    assert all(renewals.result())


def test_a_migration_says_that_the_role_is_missing(environ: dict[str, str], name: str) -> None:
    result = run(environ, "db", "migrate")

    assert (result.exit_code, result.stderr) == (
        0,
        f"rentomatic: {name} has no privileges on the tables yet: run rentomatic db init\n",
    )


def test_a_role_that_owns_the_tables_keeps_its_rights(
    environ: dict[str, str], postgres_url: str, name: str
) -> None:
    execute(
        postgres_url,
        f"CREATE ROLE {name} LOGIN",
        *(f"ALTER TABLE {table} OWNER TO {name}" for table in ("room", "token")),
    )

    assert run(environ, "db", "init").exit_code == 2
    assert "has no privileges on the tables yet" in run(environ, "db", "migrate").stderr

    with as_role(environ) as connection:
        connection.execute("DELETE FROM token")


@pytest.mark.parametrize("arguments", [("new", "ann", "--role", "editor"), ("revoke", "ann")])
def test_tokens_are_written_by_the_owner_only(
    environ: dict[str, str], arguments: tuple[str, ...]
) -> None:
    """A process that only serves names no owner: it can list tokens."""
    init(environ)
    nobody = environ["RENTOMATIC_REPOSITORY"].replace("//postgres@", "//")
    serving = environ | {"RENTOMATIC_REPOSITORY": nobody}

    result = run(serving, "token", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "rentomatic: POSTGRES_USER: This command connects as the owner of the database: set"
        " POSTGRES_USER and POSTGRES_PASSWORD, or put both into RENTOMATIC_REPOSITORY\n"
    )
    assert run(serving, "token", "list").exit_code == 0
    for words in (("db", "migrate"), ("db", "init"), ("backup",), ("restore", "x", "--yes")):
        assert run(serving, *words).stderr == result.stderr


def test_the_role_may_vacuum_where_the_server_knows_that_right(environ: dict[str, str]) -> None:
    init(environ)
    notices: list[str] = []
    with as_role(environ) as connection:
        connection.add_notice_handler(lambda notice: notices.append(str(notice.message_primary)))
        connection.execute("VACUUM (ANALYZE) room")
        knows = connection.info.server_version >= 170000

    assert bool(notices) == (not knows)


def test_ten_at_once_make_it_once(environ: dict[str, str]) -> None:
    settings = load(environ)
    owner, role = parse_url(settings.owner), parse_url(settings.repository)
    with ThreadPoolExecutor(10) as threads:
        done = threads.map(
            lambda _: set_up_role(owner, str(role.username), role.password), range(10)
        )

    assert all(done)
    assert serves(environ)


def verifier(url: str, name: str) -> str:
    with psycopg.connect(url) as database:
        row = database.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [name])
        return str((row.fetchone() or [None])[0])


def test_a_changed_password_is_taken_over(
    environ: dict[str, str], postgres_url: str, name: str
) -> None:
    init(environ)
    before = verifier(postgres_url, name)

    init(environ | {"APPLICATION_PASSWORD": "another"})

    assert is_proved(PASSWORD, before)
    assert is_proved("another", verifier(postgres_url, name))
    assert not is_proved(PASSWORD, verifier(postgres_url, name))


def is_proved(password: str, verifier: str) -> bool:
    """Verify a password like the server (RFC 5802)."""
    _, rounds_and_salt, keys = verifier.split("$")
    rounds, salt = rounds_and_salt.split(":")
    salted = pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(rounds))
    stored = sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    return stored == b64decode(keys.split(":")[0])


def test_a_role_may_do_without_a_password(
    environ: dict[str, str], postgres_url: str, name: str
) -> None:
    init(environ | {"APPLICATION_PASSWORD": ""})

    assert verifier(postgres_url, name) == "None"
    assert serves(environ | {"APPLICATION_PASSWORD": ""})


def limits(url: str) -> dict[str, str]:
    engine = make_application_engine(parse_url(url), Limits())
    try:
        with engine.connect() as connection:
            names = {
                name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in IN_FORCE
            }
            return {name: str(value) for name, value in names.items()}
    finally:
        engine.dispose()


IN_FORCE = {
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "1min",
}


def test_the_role_brings_its_limits_along(environ: dict[str, str]) -> None:
    init(environ)

    with as_role(environ) as connection:
        found = {name: connection.execute(f"SHOW {name}").fetchone() for name in IN_FORCE}

    assert found == {name: (value,) for name, value in IN_FORCE.items()}


def test_whoever_serves_has_limits(environ: dict[str, str], postgres_url: str) -> None:
    init(environ)

    assert limits(load(environ).repository) == IN_FORCE
    assert limits(postgres_url) == IN_FORCE


@pytest.mark.parametrize("limit", ["9s", "0"])
def test_the_role_cannot_change_the_limits_of_the_application(
    environ: dict[str, str], name: str, limit: str
) -> None:
    init(environ)
    with as_role(environ) as connection:
        for setting in IN_FORCE:
            connection.execute(f"ALTER ROLE {name} SET {setting} = '{limit}'")
            in_database = f"IN DATABASE {connection.info.dbname}"
            connection.execute(f"ALTER ROLE {name} {in_database} SET {setting} = '{limit}'")

    assert limits(load(environ).repository) == IN_FORCE
    found = run(environ, "doctor").stdout
    assert "warning  limits" in found
    assert f"statement_timeout is {'none' if limit == '0' else '9 s'} instead of 5 s" in found


def test_limits_in_the_url_stay(postgres_url: str) -> None:
    none = f"{postgres_url}&options=-c%20lock_timeout%3D0"
    assert limits(none) == IN_FORCE | {"lock_timeout": "0"}


def test_the_settings_say_which_limits_the_role_has(environ: dict[str, str]) -> None:
    init(environ)
    init(environ | {"RENTOMATIC_STATEMENT_TIMEOUT": "9", "RENTOMATIC_LOCK_TIMEOUT": "2"})

    with as_role(environ) as connection:
        found = [connection.execute(f"SHOW {name}").fetchone() for name in list(IN_FORCE)[:2]]
    assert found == [("9s",), ("2s",)]


def owner_of(server: PostgresServer, url: str, rights: str) -> str:
    """Return the database's URL for its new owner, a role without SUPERUSER."""
    owner, database = f"owner_{uuid4().hex}", str(make_url(url).database)
    make_owner = f"CREATE ROLE {owner} LOGIN {rights}"
    execute(url, make_owner, f"ALTER DATABASE {database} OWNER TO {owner}")
    return server._replace(user=owner).url(database)


def test_an_owner_that_may_make_roles_need_not_be_a_superuser(
    postgres_server: PostgresServer, empty_postgres_url: str, name: str
) -> None:
    environ = settings_of(owner_of(postgres_server, empty_postgres_url, "CREATEROLE"), name)
    assert init(environ).stderr == ""
    assert run(environ, "db", "migrate").exit_code == 0

    assert init(environ | {"APPLICATION_PASSWORD": "another"}).stderr == ""

    assert is_proved("another", verifier(empty_postgres_url, name))
    assert serves(environ)


def test_an_owner_without_power_over_roles_takes_one_that_is_there(
    postgres_server: PostgresServer, empty_postgres_url: str, name: str
) -> None:
    url = owner_of(postgres_server, empty_postgres_url, "")
    environ = settings_of(url, name)

    refused = run(environ, "db", "init")
    execute(empty_postgres_url, f"CREATE ROLE {name} LOGIN")
    result = init(environ)
    run(environ, "db", "migrate")

    assert refused.exit_code == 2
    assert refused.stderr == (
        "rentomatic: POSTGRES_USER: cannot set up APPLICATION_USER:"
        " permission denied to create role\n"
    )
    owner = make_url(url).username
    assert result.stderr == (
        f"rentomatic: {owner} lacks the privilege to alter {name}:"
        " its password and timeouts are unchanged\n"
    )
    assert serves(environ)


@pytest.mark.parametrize("more", ["SUPERUSER", "IN ROLE postgres"])
def test_a_role_that_may_change_tables_is_refused(
    environ: dict[str, str], postgres_url: str, name: str, more: str
) -> None:
    execute(postgres_url, f"CREATE ROLE {name} LOGIN {more}")

    for mighty in (name, "postgres"):
        result = run(environ | {"APPLICATION_USER": mighty}, "db", "init")

        assert result.exit_code == 2
        assert f"APPLICATION_USER: {mighty} can change tables" in result.stderr


def test_a_role_that_was_granted_nothing_is_not_ready(
    environ: dict[str, str], postgres_url: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    execute(postgres_url, f"CREATE ROLE {name} LOGIN")

    with served(environ) as storage:
        client = create_app(storage, load(environ)).test_client()

        assert client.get("/readyz").status_code == 503
        assert client.get("/rooms").status_code == 503
    assert "permission denied for table alembic_version" in caplog.text
    assert run(environ, "rooms", "list").exit_code == 5


def test_a_role_that_is_made_by_hand_as_the_manual_says_serves(
    environ: dict[str, str], postgres_url: str, name: str
) -> None:
    manual = (Path(__file__).parents[2] / "docs/operations.md").read_text("utf-8")
    by_hand = manual.split("### Create the role manually\n")[1].split(
        "With PostgreSQL 17 or later"
    )[0]
    lines = [line.strip() for line in by_hand.splitlines() if line.startswith("    ")]
    database = f"DATABASE {make_url(postgres_url).database} "
    execute(
        postgres_url,
        *(
            line.replace("DATABASE application ", database).replace("rentomatic", name)
            for line in lines
        ),
    )

    assert serves(environ)
    with as_role(environ) as connection:
        assert connection.execute("SHOW lock_timeout").fetchone() == ("3s",)


def test_only_an_owner_that_serves_is_warned_of(
    environ: dict[str, str], postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    init(environ)
    with served(environ) as storage:
        create_app(storage, load(environ))
        create_app(storage, load({"RENTOMATIC_REPOSITORY": "memory://"}))
        assert caplog.records == []

        create_app(storage, load({"RENTOMATIC_REPOSITORY": postgres_url}))

    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == (
        "The application connects as the table owner; set APPLICATION_USER to a less"
        " privileged role"
    )


def test_no_password_and_no_token_stands_in_a_log_or_an_error(
    postgres_server: PostgresServer, postgres_url: str, name: str
) -> None:
    modest = postgres_server._replace(user=f"modest_{name}")
    execute(postgres_url, f"CREATE ROLE {modest.user} LOGIN")
    texts = []
    for server, role in ((postgres_server, name), (modest, name), (modest, f"other_{name}")):
        url = server.url(str(make_url(postgres_url).database))
        # Only superusers may change logging.
        options = "&options=-c%20log_statement%3Dall" if server == postgres_server else ""
        environ = settings_of(url + options, role)
        results = run(environ, "db", "init"), run(environ, "config", "show")
        texts += [part for each in results for part in (each.output, str(each.exception))]
    token = run(settings_of(postgres_url, name), "token", "new", "ann", "--role", "editor").stdout

    log = (Path(postgres_server.host) / "log").read_text("utf-8")
    assert f'LOG:  statement: ALTER ROLE "{name}" PASSWORD' in log
    assert f'STATEMENT:  ALTER ROLE "{name}" PASSWORD' in log
    assert f'STATEMENT:  CREATE ROLE "other_{name}"' in log
    assert "s3cr3t" in PASSWORD
    assert not any("s3cr3t" in text or token[-44:] in text for text in (log, *texts))


def test_the_database_is_at_the_newest_revision_for_the_role_too(environ: dict[str, str]) -> None:
    init(environ)

    assert revisions.current(parse_url(load(environ).repository)) == history.head()
