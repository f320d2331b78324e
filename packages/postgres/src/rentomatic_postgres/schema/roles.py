"""The application role: it reads and writes rooms, reads tokens, and cannot change tables."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from psycopg2 import OperationalError, sql
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import encrypt_password
from sqlalchemy import URL, Connection, inspect, text

from rentomatic.errors import InvalidRequest, Problem, RepositoryUnavailable
from rentomatic.repository.protocols import Limits
from rentomatic_postgres.connections import owner_engine, role_settings
from rentomatic_postgres.errors import translate_errors
from rentomatic_postgres.schema.lock import migration_lock
from rentomatic_postgres.schema.revisions import LOCK_TIMEOUT_SECONDS, create_version_table

CREATE = ("CREATE ROLE {role} LOGIN",)
SET = ("ALTER ROLE {role} SET {name} = {value}",)
SET_PASSWORD = ("ALTER ROLE {role} PASSWORD {verifier}",)

# Privileges of the application role, by table. Tokens are written by the owner only.
PRIVILEGES = {
    "alembic_version": ("SELECT",),
    "room": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "token": ("SELECT",),
    "withdrawn_room": ("SELECT", "INSERT", "UPDATE", "DELETE"),
}
SINCE_17 = {"room": ("MAINTAIN",)}  # VACUUM and ANALYZE

# Default privileges were granted by earlier versions.
GRANT = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {role}",
)
# One string is one transaction, so no request finds the role without privileges.
RESET_PRIVILEGES = (
    "REVOKE ALL ON TABLE public.{name} FROM {role};"
    " GRANT {privileges} ON TABLE public.{name} TO {role}",
)

# Whether a role is or includes the owner of the database's tables. Superusers include all roles.
IS_OWNER = text("""
SELECT pg_has_role(oid, current_user, 'MEMBER') OR EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relname = ANY(:tables) AND pg_has_role(pg_roles.oid, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = :name
""")


def set_up_role(
    owner: URL,
    name: str,
    password: str | None,
    limits: Limits = Limits(),  # noqa: B008
) -> bool:
    """Create the role unless it exists; set its password, timeouts and privileges.

    The timeouts are settings of the role, so that they apply to every connection. Returns False if
    the owner lacks the privilege to alter an existing role. Raises InvalidRequest if the owner
    lacks other privileges, or if the role could change tables.
    """
    with _setup(owner) as connection:
        _create(connection, name)
        is_changed = _alter(connection, name, password, limits)
        # Created here so that the role can read it before the first migration.
        create_version_table(connection.engine)
        _grant(connection, name)
    return is_changed


def reset_privileges(owner: URL, name: str) -> bool:
    """Set the role's privileges on every table, as after a migration.

    Returns False if the role does not exist or could change tables.
    """
    with _setup(owner) as connection:
        is_application = _is_owner(connection, name) is False
        if is_application:
            _grant(connection, name)
    return is_application


@contextmanager
def _setup(owner: URL) -> Iterator[Connection]:
    """Yield a connection of the owner, and hold the migration lock."""
    with (
        owner_engine(owner) as engine,
        translate_errors(),
        _translate_driver_errors(),
        migration_lock(engine, LOCK_TIMEOUT_SECONDS),
        engine.connect() as connection,
    ):
        yield connection


@contextmanager
def _translate_driver_errors() -> Iterator[None]:
    try:
        yield
    except InsufficientPrivilege as error:
        message = f"cannot set up APPLICATION_USER: {error.diag.message_primary}"
        raise InvalidRequest([Problem("POSTGRES_USER", message)]) from None
    except OperationalError as error:
        raise RepositoryUnavailable from error


def _is_owner(connection: Connection, name: str) -> bool | None:
    """Return whether the role could change tables; None if it does not exist."""
    parameters = {"name": name, "tables": list(PRIVILEGES)}
    is_owner: bool | None = connection.scalar(IS_OWNER, parameters)
    return is_owner


def _create(connection: Connection, name: str) -> None:
    is_owner = _is_owner(connection, name)
    if is_owner:
        message = f"{name} can change tables: set it to another role, existing or new"
        raise InvalidRequest([Problem("APPLICATION_USER", message)])
    if is_owner is None:
        _execute(connection, CREATE, role=sql.Identifier(name))


def _alter(connection: Connection, name: str, password: str | None, limits: Limits) -> bool:
    """Set password and timeouts; return False if the owner lacks the privilege."""
    role = sql.Identifier(name)
    try:
        if password is not None:
            # The statement may be logged, so it contains the SCRAM verifier, not the password.
            driver = connection.connection.driver_connection
            verifier = encrypt_password(password, name, driver, "scram-sha-256")
            _execute(connection, SET_PASSWORD, role=role, verifier=sql.Literal(verifier))
        for setting, value in role_settings(limits).items():
            parts = {"name": sql.Identifier(setting), "value": sql.Literal(value)}
            _execute(connection, SET, role=role, **parts)
    except InsufficientPrivilege:
        return False
    return True


def _grant(connection: Connection, name: str) -> None:
    parts = {
        "role": sql.Identifier(name),
        "database": sql.Identifier(str(connection.engine.url.database)),
    }
    _execute(connection, GRANT, **parts)
    _reset_privileges(connection, name)


def _reset_privileges(connection: Connection, name: str) -> None:
    version = connection.dialect.server_version_info or ()
    for table in sorted(PRIVILEGES.keys() & set(inspect(connection).get_table_names("public"))):
        names = PRIVILEGES[table] + (SINCE_17.get(table, ()) if version >= (17,) else ())
        parts = {"name": sql.Identifier(table), "privileges": sql.SQL(", ".join(names))}
        _execute(connection, RESET_PRIVILEGES, role=sql.Identifier(name), **parts)


def _execute(connection: Connection, statements: Iterable[str], **parts: sql.Composable) -> None:
    """Execute with the driver's cursor, because SQLAlchemy's errors would quote the statements."""
    cursor = connection.connection.cursor()
    for statement in statements:
        cursor.execute(sql.SQL(statement).format(**parts))
