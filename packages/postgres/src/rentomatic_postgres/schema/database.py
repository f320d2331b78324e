"""Creation of the database."""

from psycopg2 import sql
from psycopg2.errors import DuplicateDatabase, InsufficientPrivilege, UniqueViolation
from sqlalchemy import URL, Connection, column, exists, select, table, text

from rentomatic.errors import InvalidRequest, Problem
from rentomatic_postgres.connections import owner_engine
from rentomatic_postgres.errors import translate_errors

# The server refuses to copy a template1 with another collation version, since its indexes may be
# in the wrong order. template0 can always be copied.
TEMPLATE = text("""
SELECT CASE WHEN datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)
    THEN 'template0' ELSE datname END
FROM pg_database WHERE datname = 'template1'
""")


def create_database(url: URL, maintenance_database: str) -> bool:
    """Create the database of the URL; return False if it exists.

    Connects to the maintenance database, because the other may not exist yet.
    """
    if not url.database:
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", "must name a database")])
    maintenance = url.set(database=maintenance_database)
    with owner_engine(maintenance) as engine, translate_errors(), engine.connect() as connection:
        return not _exists(connection, url.database) and _create(connection, url.database)


def _exists(connection: Connection, name: str) -> bool:
    databases = table("pg_database", column("datname"))
    return bool(connection.scalar(select(exists(databases).where(databases.c.datname == name))))


def _create(connection: Connection, name: str) -> bool:
    template = connection.scalar(TEMPLATE) or "template0"
    parts = sql.Identifier(name), sql.Identifier(template)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*parts)
    try:
        connection.connection.cursor().execute(statement)
    except (DuplicateDatabase, UniqueViolation):  # created concurrently
        return False
    except InsufficientPrivilege:
        problem = Problem("POSTGRES_USER", f"lacks the privilege to create the database {name}")
        raise InvalidRequest([problem]) from None
    return True
