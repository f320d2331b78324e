"""Making the database itself."""

from psycopg2 import sql
from psycopg2.errors import DuplicateDatabase, InsufficientPrivilege, UniqueViolation
from sqlalchemy import URL, Connection, column, exists, select, table

from rentomatic.errors import InvalidRequest, Problem
from rentomatic_postgres.engine import owner_engine
from rentomatic_postgres.failures import translated


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
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    try:
        connection.connection.cursor().execute(statement)
    except (DuplicateDatabase, UniqueViolation):
        return False
    except InsufficientPrivilege:
        problem = Problem("POSTGRES_USER", f"May not create the database {name}")
        raise InvalidRequest([problem]) from None
    return True
