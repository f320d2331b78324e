"""What `rentomatic doctor` looks at in a server and its database: each yields what it finds."""

import time
from itertools import chain

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg2.extensions import libpq_version
from sqlalchemy import Connection, Dialect, text
from sqlalchemy.schema import CreateIndex

from rentomatic.checks import Findings, error, ok, warning
from rentomatic.settings.settings import Settings
from rentomatic_postgres.backup.client_programs import MAJOR_VERSION
from rentomatic_postgres.schema import revisions
from rentomatic_postgres.sql.tables import metadata

OLDEST = 15
CLOCK_TOLERANCE_SECONDS = 2

CUBE = text("SELECT extversion FROM pg_extension WHERE extname = 'cube'")
CLOCK = text("SELECT extract(epoch FROM clock_timestamp())::float8")
SETTINGS = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
ENCODING = text("SELECT current_setting('server_encoding')")
COLLATION = text("""
SELECT quote_ident(datname), datcollversion, pg_database_collation_actual_version(oid)
FROM pg_database WHERE datname = current_database()
""")
INVALID_INDEXES = text("""
SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready) ORDER BY 1
""")


def version(connection: Connection, _settings: Settings) -> Findings:
    """Say whether server and driver are new enough."""
    server, driver = connection.scalar(MAJOR_VERSION) or 0, libpq_version() // 10000
    if server < OLDEST:
        message = f"The server is PostgreSQL {server}, older than {OLDEST}"
        yield error("version", message, f"Upgrade the server to {OLDEST} or later (pg_upgrade)")
    else:
        yield ok("version", f"The server is PostgreSQL {server}")
    if driver < OLDEST:
        message = f"psycopg2 has libpq {driver}, older than {OLDEST}"
        yield warning("version", message, "pip install --upgrade psycopg2-binary")
    else:
        yield ok("version", f"psycopg2 has libpq {driver}, which speaks to PostgreSQL {server}")


def revision(connection: Connection, _settings: Settings) -> Findings:
    """Say whether the database is at the revision that this code needs."""
    current, head = MigrationContext.configure(connection).get_current_revision(), revisions.head()
    if current == head:
        yield ok("revision", f"The database is at {head}, the newest revision")
    elif revisions.is_known(current):
        message = f"The database is at {current or 'no revision'}, and the newest is {head}"
        yield error("revision", message, "rentomatic db migrate")
    else:
        message = f"The database is at {current}, which a newer version has made"
        yield error("revision", message, "Run that version again, or restore a backup")


def cube(connection: Connection, _settings: Settings) -> Findings:
    """Say whether the extension is there that distances need."""
    found = connection.scalar(CUBE)
    if found:
        yield ok("extension", f"The extension cube is there ({found})")
    else:
        remedy = "rentomatic db migrate; or CREATE EXTENSION cube, as a superuser in the database"
        yield error("extension", "The extension cube is not there", remedy)


def clock(connection: Connection, _settings: Settings) -> Findings:
    """Say whether the server's clock and this machine's agree, measured amid a round trip."""
    before = time.time()
    there = connection.scalar(CLOCK) or 0.0
    off = there - (before + time.time()) / 2
    if abs(off) > CLOCK_TOLERANCE_SECONDS:
        message = f"The server's clock is {off:+.0f} s off ours: tokens end at the wrong time"
        yield warning("clock", message, "Let both machines follow NTP (timedatectl set-ntp true)")
    else:
        yield ok("clock", f"The server's clock is within {CLOCK_TOLERANCE_SECONDS} s of ours")


def durability(connection: Connection, settings: Settings) -> Findings:
    """Say whether what is written survives a crash, and a disk that lies is noticed."""
    names = ["data_checksums", "fsync", "full_page_writes"]
    rows = connection.execute(SETTINGS, {"names": names})
    found = {row.name: row.setting for row in rows}
    off = [f"{name} = {found[name]}" for name in names[1:] if found[name] == "off"]
    if off:
        make = error if settings.environment == "production" else warning
        message = f"{', '.join(off)}: a crash of the machine may destroy the database"
        yield make("durability", message, "Set on in postgresql.conf, and reload it")
    else:
        yield ok("durability", "fsync and full_page_writes are on")
    if found["data_checksums"] == "off":
        message = "data_checksums is off: what a disk spoils is not noticed"
        remedy = "pg_checksums --enable, while the server is stopped"
        yield warning("durability", message, remedy)
    else:
        yield ok("durability", "data_checksums is on")


def texts(connection: Connection, _settings: Settings) -> Findings:
    """Say whether the database holds any text, and sorts it as its indexes do."""
    encoding = connection.scalar(ENCODING)
    if encoding == "UTF8":
        yield ok("text", "The encoding is UTF8")
    else:
        remedy = "Make a database with ENCODING UTF8, and move the rooms (pg_dump)"
        yield error("text", f"The encoding is {encoding}, not UTF8", remedy)
    name, made, actual = connection.execute(COLLATION).one()
    if made != actual:
        message = f"Indexes sort by collation version {made}, and the system has {actual}"
        remedy = f"REINDEX DATABASE {name}, then ALTER DATABASE {name} REFRESH COLLATION VERSION"
        yield warning("text", message, remedy)


def indexes(connection: Connection, _settings: Settings) -> Findings:
    """Say which indexes were left half made."""
    invalid = connection.scalars(INVALID_INDEXES).all()
    if invalid:
        message = f"Half made, unless somebody makes them right now: {', '.join(invalid)}"
        remedy = "; ".join(f"REINDEX INDEX CONCURRENTLY {name}" for name in invalid)
        yield warning("indexes", message, remedy)
    else:
        yield ok("indexes", "Every index is valid")


def tables(connection: Connection, _settings: Settings) -> Findings:
    """Say what the newest revision has, and somebody has dropped."""
    context = MigrationContext.configure(connection)
    if context.get_current_revision() != revisions.head():
        return
    changes = [each for each in compare_metadata(context, metadata) if isinstance(each, tuple)]
    missing = [str(each[-1].name) for each in changes if each[0].startswith("add_")]
    for name in missing:
        yield error("tables", f"{name} is not there", _making(name, connection.dialect))
    if not missing:
        yield ok("tables", "Every table, column and index is there")


def _making(name: str, dialect: Dialect) -> str:
    """Return how to make again what is missing; rows that were in it are in a backup only."""
    # What Alembic hands over are copies without the columns that an index includes.
    declared = chain.from_iterable(table.indexes for table in metadata.tables.values())
    indexes = {str(index.name): index for index in declared}
    if name in indexes:
        return " ".join(str(CreateIndex(indexes[name]).compile(dialect=dialect)).split())
    return "Restore a backup"


CHECKS = (version, revision, tables, cube, clock, durability, texts, indexes)
