"""Lock for migrations, backups and restores: one at a time per database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select, text

from rentomatic.errors import RepositoryUnavailable

# "rent" in ASCII. It must never change: old and new versions have to share the lock.
LOCK_KEY = 0x72656E74
POLL_SECONDS = 0.2

# pg_locks has a key below 2^32 in objid, with classid 0.
HOLDER = text(
    "SELECT pid, usename, application_name, query_start"
    " FROM pg_stat_activity JOIN pg_locks USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

TABLE_LOCKS = text(
    "SELECT DISTINCT pid, usename, application_name"
    " FROM pg_stat_activity JOIN pg_locks USING (pid)"
    " JOIN pg_class ON relation = pg_class.oid AND relnamespace = 'public'::regnamespace"
    " WHERE granted AND pid <> pg_backend_pid() AND datname = current_database() ORDER BY pid"
)


@contextmanager
def migration_lock(engine: Engine, timeout: float) -> Iterator[None]:
    """Hold the lock; after `timeout` seconds, raise RepositoryUnavailable with its holder.

    It polls, because a waiting pg_advisory_lock would hold a snapshot, for which CREATE INDEX
    CONCURRENTLY in the other migration would wait.
    """
    deadline = time.monotonic() + timeout
    with engine.connect() as connection:
        while not connection.scalar(select(func.pg_try_advisory_lock(LOCK_KEY))):
            holder = _holder(connection) if time.monotonic() > deadline else None
            if holder:  # else released since: try again
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
    # PostgreSQL hides names and times of other roles' connections from unprivileged roles.
    since = f", since {row.query_start:%H:%M:%S}" if row.query_start else ""
    return f"server process {row.pid} ({row.application_name or row.usename}){since}"


def table_lock_holders(engine: Engine) -> str:
    """Describe the processes that hold locks on our tables."""
    with engine.connect() as connection:
        rows = connection.execute(TABLE_LOCKS).all()
    holders = (f"by server process {pid} ({name or role})" for pid, role, name in rows)
    return ", ".join(holders) or "released just now"
