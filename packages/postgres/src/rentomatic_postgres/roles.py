"""The role that serves: it reads and writes rows, and can change no table."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from psycopg2 import OperationalError, sql
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import encrypt_password
from sqlalchemy import URL, Connection, inspect, text

from rentomatic.errors import InvalidRequest, Problem, RepositoryUnavailable
from rentomatic.repository import Limits
from rentomatic_postgres.engine import owner_engine, role_limits
from rentomatic_postgres.failures import translated
from rentomatic_postgres.lock import migration_lock
from rentomatic_postgres.schema import LOCK_PATIENCE_SECONDS, make_version_table
from rentomatic_postgres.tables import metadata

CREATE = ("CREATE ROLE {role} LOGIN",)
SET_LIMIT = ("ALTER ROLE {role} SET {name} = {value}",)
SET_PASSWORD = ("ALTER ROLE {role} PASSWORD {verifier}",)

RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
RIGHTS_SINCE_17 = f"{RIGHTS}, MAINTAIN"  # VACUUM and ANALYZE

# The third and fourth are for the tables of migrations to come.
GRANT = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role}",
    "GRANT SELECT ON TABLE public.alembic_version TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON TABLE public.alembic_version FROM {role}",
)
GRANT_ON_TABLE = ("GRANT {rights} ON TABLE public.{name} TO {role}",)
GRANT_ON_SEQUENCE = ("GRANT USAGE ON SEQUENCE public.{name} TO {role}",)

# A superuser is in every role.
IS_OWNER = text(
    "SELECT pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = :name"
)


def provide(
    owner: URL,
    name: str,
    password: str | None,
    limits: Limits = Limits(),  # noqa: B008
) -> bool:
    """Make the role, unless it is there, and let it serve the owner's database by that password.

    The role itself has the limits, so that they hold however it connects. Returns False when the
    role is there, and only somebody else may change it. Raises InvalidRequest when the owner may
    not do this, or when the role could change tables.
    """
    with (
        owner_engine(owner) as engine,
        translated(),
        _refusals_named(),
        migration_lock(engine, LOCK_PATIENCE_SECONDS),
        engine.connect() as connection,
    ):
        _make(connection, name)
        is_changed = _change(connection, name, password, limits)
        # Before the rights on tables to come, since this one is only read.
        make_version_table(engine)
        _grant(connection, name)
    return is_changed


@contextmanager
def _refusals_named() -> Iterator[None]:
    """Raise errors of ours for the driver's own."""
    try:
        yield
    except InsufficientPrivilege as error:
        message = f"May not set up APPLICATION_USER: {error.diag.message_primary}"
        raise InvalidRequest([Problem("POSTGRES_USER", message)]) from None
    except OperationalError as error:
        raise RepositoryUnavailable from error


def _make(connection: Connection, name: str) -> None:
    """Make the role unless it is there, and could change no table."""
    is_owner = connection.scalar(IS_OWNER, {"name": name})
    if is_owner:
        message = f"{name} may change tables: name a role of its own, which may be a new one"
        raise InvalidRequest([Problem("APPLICATION_USER", message)])
    if is_owner is None:
        _run(connection, CREATE, role=sql.Identifier(name))


def _change(connection: Connection, name: str, password: str | None, limits: Limits) -> bool:
    """Give the role its limits and its password; return False when the owner may not."""
    role = sql.Identifier(name)
    try:
        if password is not None:
            # A statement may stand in the server's log: it gets what proves a password only.
            driver = connection.connection.driver_connection
            verifier = encrypt_password(password, name, driver, "scram-sha-256")
            _run(connection, SET_PASSWORD, role=role, verifier=sql.Literal(verifier))
        for limit, value in role_limits(limits).items():
            parts = {"name": sql.Identifier(limit), "value": sql.Literal(value)}
            _run(connection, SET_LIMIT, role=role, **parts)
    except InsufficientPrivilege:
        return False
    return True


def _grant(connection: Connection, name: str) -> None:
    there = inspect(connection)
    tables = metadata.tables.keys() & set(there.get_table_names("public"))
    sequences = {f"{table}_id_seq" for table in tables} & set(there.get_sequence_names("public"))
    version = connection.dialect.server_version_info or ()
    parts = {
        "role": sql.Identifier(name),
        "database": sql.Identifier(str(connection.engine.url.database)),
        "rights": sql.SQL(RIGHTS_SINCE_17 if version >= (17,) else RIGHTS),
    }
    _run(connection, GRANT, **parts)
    for table in sorted(tables):
        _run(connection, GRANT_ON_TABLE, name=sql.Identifier(table), **parts)
    for sequence in sorted(sequences):
        _run(connection, GRANT_ON_SEQUENCE, name=sql.Identifier(sequence), **parts)


def _run(connection: Connection, statements: Iterable[str], **parts: sql.Composable) -> None:
    """Run statements on the driver's own cursor: an error of SQLAlchemy's would quote them."""
    cursor = connection.connection.cursor()
    for statement in statements:
        cursor.execute(sql.SQL(statement).format(**parts))
