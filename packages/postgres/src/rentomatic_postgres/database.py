"""Making the database itself."""

from psycopg2 import sql
from psycopg2.errors import DuplicateDatabase, UniqueViolation
from sqlalchemy import URL

from rentomatic.errors import InvalidRequest, Problem
from rentomatic_postgres.engine import make_engine
from rentomatic_postgres.failures import translated


def create_database(url: URL, maintenance_database: str) -> bool:
    """Make the database that the URL names; return False when it is there already.

    The server is asked through its maintenance database, since nobody can connect to a database
    that does not exist.
    """
    if not url.database:
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", "Names no database")])
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(url.database))
    engine = make_engine(url.set(database=maintenance_database), options="-c statement_timeout=0")
    try:
        with translated(), engine.connect() as connection:
            connection.connection.cursor().execute(statement)
    except (DuplicateDatabase, UniqueViolation):
        return False
    finally:
        engine.dispose()
    return True
