"""Checks of a PostgreSQL server and of the schema of our database."""

from itertools import chain

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Dialect, text
from sqlalchemy.schema import CreateIndex

from rentomatic.checks import Results, error, ok, warning
from rentomatic.settings.settings import Settings
from rentomatic_postgres.backup.client_programs import MAJOR_VERSION
from rentomatic_postgres.schema import history
from rentomatic_postgres.sql.tables import metadata

MIN_VERSION = 15

COLLATION = text("""
SELECT quote_ident(datname), datcollversion, pg_database_collation_actual_version(oid)
FROM pg_database WHERE datname = current_database()
""")
INVALID_INDEXES = text("""
SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready) ORDER BY 1
""")


def version(connection: Connection, _settings: Settings) -> Results:
    server = connection.scalar(MAJOR_VERSION) or 0
    if server < MIN_VERSION:
        message = f"The server is PostgreSQL {server}; {MIN_VERSION} or later is required"
        yield error("version", message, "Upgrade the server (pg_upgrade)")
    else:
        yield ok("version", f"The server is PostgreSQL {server}")


def revision(connection: Connection, _settings: Settings) -> Results:
    """Check that the database is at the revision that this code needs."""
    current, head = MigrationContext.configure(connection).get_current_revision(), history.head()
    if current == head:
        yield ok("revision", f"The database is at {head}, the newest revision")
    elif history.is_known(current):
        message = f"The database is at {current or 'no revision'}; the newest revision is {head}"
        yield error("revision", message, "rentomatic db migrate")
    else:
        message = f"The database is at {current}, a revision of a newer version"
        yield error("revision", message, "Run that version again, or restore a backup")


def tables(connection: Connection, _settings: Settings) -> Results:
    """Check for dropped tables, columns and indexes; skipped if migrations are pending."""
    context = MigrationContext.configure(connection)
    if context.get_current_revision() != history.head():
        return
    changes = [each for each in compare_metadata(context, metadata) if isinstance(each, tuple)]
    missing = [str(each[-1].name) for each in changes if each[0].startswith("add_")]
    for name in missing:
        yield error("tables", f"{name} is missing", _recreate(name, connection.dialect))
    if not missing:
        yield ok("tables", "All tables, columns and indexes exist")


def _recreate(name: str, dialect: Dialect) -> str:
    # Alembic's copies of the indexes lack the INCLUDE columns, so look up the declared ones.
    declared = chain.from_iterable(table.indexes for table in metadata.tables.values())
    indexes = {str(index.name): index for index in declared}
    if name in indexes:
        return " ".join(str(CreateIndex(indexes[name]).compile(dialect=dialect)).split())
    return "Restore a backup"


def collation(connection: Connection, _settings: Settings) -> Results:
    """Check that indexes on text are sorted as the operating system sorts today."""
    name, recorded, actual = connection.execute(COLLATION).one()
    if recorded == actual:
        yield ok("collation", "The collation version has not changed")
    else:
        message = f"The database has collation version {recorded}, the system {actual}"
        remedy = f"REINDEX DATABASE {name}, then ALTER DATABASE {name} REFRESH COLLATION VERSION"
        yield warning("collation", message, remedy)


def indexes(connection: Connection, _settings: Settings) -> Results:
    """Check for invalid indexes, which CREATE INDEX CONCURRENTLY leaves if it fails."""
    invalid = connection.scalars(INVALID_INDEXES).all()
    if invalid:
        message = f"Invalid, or under construction: {', '.join(invalid)}"
        remedy = "; ".join(f"REINDEX INDEX CONCURRENTLY {name}" for name in invalid)
        yield warning("indexes", message, remedy)
    else:
        yield ok("indexes", "All indexes are valid")


CHECKS = (version, revision, tables, collation, indexes)
