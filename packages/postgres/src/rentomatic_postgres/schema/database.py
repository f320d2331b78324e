"""Making the database itself."""

from psycopg2 import sql
from psycopg2.errors import DuplicateDatabase, InsufficientPrivilege, UniqueViolation
from sqlalchemy import URL, Connection, column, exists, select, table, text

from rentomatic.errors import InvalidRequest, Problem
from rentomatic_postgres.connections import owner_engine
from rentomatic_postgres.errors import translated

# A server refuses to copy a template1 whose indexes another version of the system's collations has
# sorted. template0 is as the server was made, has no such indexes, and can always be copied.
TEMPLATE = text("""
SELECT CASE WHEN datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)
    THEN 'template0' ELSE datname END
FROM pg_database WHERE datname = 'template1'
""")


def create_database(url: URL, maintenance_database: str) -> bool:
    """Make the database that the URL names; return False when it is there already.

    The server is asked through its maintenance database, since nobody can connect to a database
    that does not exist.
    """
    if not url.database:
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", "Names no database")])
    maintenance = url.set(database=maintenance_database)
    with owner_engine(maintenance) as engine, translated(), engine.connect() as connection:
        return not _exists(connection, url.database) and _create(connection, url.database)


def _exists(connection: Connection, name: str) -> bool:
    """Say whether the database is there; who may not create any may still know."""
    databases = table("pg_database", column("datname"))
    return bool(connection.scalar(select(exists(databases).where(databases.c.datname == name))))


def _create(connection: Connection, name: str) -> bool:
    """Make the database; return False when somebody else has made it meanwhile."""
    template = connection.scalar(TEMPLATE) or "template0"
    parts = sql.Identifier(name), sql.Identifier(template)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*parts)
    try:
        connection.connection.cursor().execute(statement)
    except (DuplicateDatabase, UniqueViolation):
        return False
    except InsufficientPrivilege:
        problem = Problem("POSTGRES_USER", f"May not create the database {name}")
        raise InvalidRequest([problem]) from None
    return True
