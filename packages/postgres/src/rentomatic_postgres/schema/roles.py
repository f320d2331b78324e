"""The application role: it reads and writes rooms, reads tokens, and cannot change tables."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from psycopg2 import OperationalError, sql
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import encrypt_password
from sqlalchemy import URL, Connection, inspect, text

from rentomatic.errors import InvalidRequest, Problem, RepositoryUnavailable
from rentomatic.repository.protocols import Limits
from rentomatic_postgres.connections import owner_engine, role_limits
from rentomatic_postgres.errors import translated
from rentomatic_postgres.schema.lock import migration_lock
from rentomatic_postgres.schema.revisions import LOCK_TIMEOUT_SECONDS, make_version_table

CREATE = ("CREATE ROLE {role} LOGIN",)
SET_LIMIT = ("ALTER ROLE {role} SET {name} = {value}",)
SET_PASSWORD = ("ALTER ROLE {role} PASSWORD {verifier}",)

# Privileges of the application role, by table. Tokens are written by the owner only.
PRIVILEGES = {
    "alembic_version": ("SELECT",),
    "room": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "token": ("SELECT",),
}
SINCE_17 = {"room": ("MAINTAIN",)}  # VACUUM and ANALYZE

# Earlier versions gave the role all privileges on the tables of later migrations.
GRANT = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {role}",
)
# Statements that are sent together are one transaction: no request finds the role without rights.
SET_RIGHTS = (
    "REVOKE ALL ON TABLE public.{name} FROM {role};"
    " GRANT {rights} ON TABLE public.{name} TO {role}",
)

# Whether a role is the owner, or owns a table. A superuser is a member of every role.
IS_OWNER = text("""
SELECT pg_has_role(oid, current_user, 'MEMBER') OR EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relname = ANY(:tables) AND pg_has_role(pg_roles.oid, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = :name
""")


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
    with _setup(owner) as connection:
        _make(connection, name)
        is_changed = _change(connection, name, password, limits)
        # So that the role can read it, also before the first migration.
        make_version_table(connection.engine)
        _grant(connection, name)
    return is_changed


def renew_rights(owner: URL, name: str) -> bool:
    """Set the role's privileges on every table, as after a migration.

    Return False if there is no such role, or if it may change tables.
    """
    with _setup(owner) as connection:
        is_application = _is_owner(connection, name) is False
        if is_application:
            _grant(connection, name)
    return is_application


@contextmanager
def _setup(owner: URL) -> Iterator[Connection]:
    """Yield a connection of the owner, while nobody else migrates or sets up a role."""
    with (
        owner_engine(owner) as engine,
        translated(),
        _refusals_named(),
        migration_lock(engine, LOCK_TIMEOUT_SECONDS),
        engine.connect() as connection,
    ):
        yield connection


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


def _is_owner(connection: Connection, name: str) -> bool | None:
    """Return whether the role may change tables; None if there is no such role."""
    found: bool | None = connection.scalar(IS_OWNER, {"name": name, "tables": list(PRIVILEGES)})
    return found


def _make(connection: Connection, name: str) -> None:
    """Make the role unless it is there, and could change no table."""
    is_owner = _is_owner(connection, name)
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
    parts = {
        "role": sql.Identifier(name),
        "database": sql.Identifier(str(connection.engine.url.database)),
    }
    _run(connection, GRANT, **parts)
    _set_rights(connection, name)


def _set_rights(connection: Connection, name: str) -> None:
    """Give the role its privileges on every table that exists, and revoke all others."""
    version = connection.dialect.server_version_info or ()
    for table in sorted(PRIVILEGES.keys() & set(inspect(connection).get_table_names("public"))):
        rights = PRIVILEGES[table] + (SINCE_17.get(table, ()) if version >= (17,) else ())
        parts = {"name": sql.Identifier(table), "rights": sql.SQL(", ".join(rights))}
        _run(connection, SET_RIGHTS, role=sql.Identifier(name), **parts)


def _run(connection: Connection, statements: Iterable[str], **parts: sql.Composable) -> None:
    """Run statements on the driver's own cursor: an error of SQLAlchemy's would quote them."""
    cursor = connection.connection.cursor()
    for statement in statements:
        cursor.execute(sql.SQL(statement).format(**parts))
