"""One migration, backup or restore at a time, in each database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select, text

from rentomatic.errors import RepositoryUnavailable

# "rent" in ASCII. It stays the same for ever, or two versions would not see each other's lock.
LOCK_KEY = 0x72656E74
POLL_SECONDS = 0.2

# A key below 2^32 stands in objid, and classid is 0.
HOLDER = text(
    "SELECT pid, usename, application_name, query_start"
    " FROM pg_stat_activity JOIN pg_locks USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

HOLDERS = text(
    "SELECT DISTINCT pid, usename, application_name"
    " FROM pg_stat_activity JOIN pg_locks USING (pid)"
    " JOIN pg_class ON relation = pg_class.oid AND relnamespace = 'public'::regnamespace"
    " WHERE granted AND pid <> pg_backend_pid() AND datname = current_database() ORDER BY pid"
)


@contextmanager
def migration_lock(engine: Engine, timeout: float) -> Iterator[None]:
    """Hold the lock; raise RepositoryUnavailable that names its holder after `timeout` seconds.

    The lock is polled for, because a waiting pg_advisory_lock would hold a snapshot, and CREATE
    INDEX CONCURRENTLY in the other migration would wait for that. If the lock has been released by
    the time its holder is looked up, it is tried again.
    """
    deadline = time.monotonic() + timeout
    with engine.connect() as connection:
        while not connection.scalar(select(func.pg_try_advisory_lock(LOCK_KEY))):
            holder = _holder(connection) if time.monotonic() > deadline else None
            if holder:
                message = f"A migration, backup or restore is running: {holder}"
                raise RepositoryUnavailable(message)
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            connection.scalar(select(func.pg_advisory_unlock(LOCK_KEY)))


def _holder(connection: Connection) -> str | None:
    row = connection.execute(HOLDER, {"key": LOCK_KEY}).first()
    if row is None:
        return None
    # PostgreSQL hides name and time of other roles' connections from a role without privileges.
    since = f", since {row.query_start:%H:%M:%S}" if row.query_start else ""
    return f"process {row.pid} of the server ({row.application_name or row.usename}){since}"


def holders(engine: Engine) -> str:
    """Return who has locks on tables of the database now."""
    with engine.connect() as connection:
        rows = connection.execute(HOLDERS).all()
    names = (f"by process {pid} of the server ({name or role})" for pid, role, name in rows)
    return ", ".join(names) or "released just now"
