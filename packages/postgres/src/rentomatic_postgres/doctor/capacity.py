"""What `rentomatic doctor` looks at of what runs short in a server: each yields what it finds."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from rentomatic.checks import Findings, error, ok, warning
from rentomatic.settings.settings import Settings
from rentomatic_postgres.connections import POOL_SIZE, parse_url

WRAPAROUND_AGE = 1_000_000_000

# reserved_connections came with PostgreSQL 16. Workers of a parallel query need no connection.
CONNECTIONS = text("""
SELECT current_setting('max_connections')::int,
    current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0),
    count(*) FILTER (
        WHERE usesysid IS NOT NULL AND datid IS NOT NULL AND leader_pid IS NULL
        AND NOT (application_name = 'rentomatic' AND datname = current_database())
    )
FROM pg_stat_activity
""")
IDLE = text("""
SELECT format('process %s of %s for %s s', pid, usename, extract(epoch FROM since)::int)
FROM pg_stat_activity CROSS JOIN LATERAL (SELECT now() - state_change AS since) AS ages
WHERE state LIKE 'idle in transaction%' AND since > make_interval(secs => :limit) ORDER BY since
""")
AGE = text("SELECT datname, age(datfrozenxid) AS age FROM pg_database ORDER BY age DESC LIMIT 1")


class Budget(NamedTuple):
    """The connections that a server has, and those that are not for us."""

    most: int
    reserved: int
    others: int

    @property
    def left(self) -> int:
        """Return how many are left for this service."""
        return self.most - self.reserved - self.others

    def __str__(self) -> str:
        return (
            f"{self.left} are left = max_connections {self.most} - reserved {self.reserved}"
            f" - used by others {self.others}"
        )


def connections(connection: Connection, settings: Settings) -> Findings:
    """Say whether every process can have its connections at once."""
    if _by_pooler(settings):
        message = "Requests connect to APPLICATION_HOSTNAME, whose own pool is the limit"
        yield ok("connections", message)
        return
    budget = Budget(*connection.execute(CONNECTIONS).one())
    processes, most = settings.workers, settings.workers * POOL_SIZE
    message = (
        f"WEB_CONCURRENCY {processes} needs {processes} by sync workers, one each,"
        f" and {most} by processes with threads, {POOL_SIZE} each; {budget}"
    )
    if processes > budget.left:
        remedy = f"Lower WEB_CONCURRENCY to {max(budget.left, 1)}, or raise max_connections"
        yield error("connections", message, remedy)
    elif most > budget.left:
        remedy = "Raise max_connections before processes have threads; sync workers have enough"
        yield warning("connections", message, remedy)
    else:
        yield ok("connections", message)


def idle(connection: Connection, settings: Settings) -> Findings:
    """Say who keeps a transaction open for longer than ours may: VACUUM waits for them."""
    found = connection.scalars(IDLE, {"limit": settings.idle_timeout}).all()
    if found:
        message = f"Transactions in which nothing happens: {', '.join(found)}"
        remedy = "End them: SELECT pg_terminate_backend(PROCESS)"
        yield warning("idle", message, remedy)
    else:
        yield ok("idle", f"No transaction has been idle for {settings.idle_timeout} s")


def wraparound(connection: Connection, _settings: Settings) -> Findings:
    """Say whether old rows are frozen long before the server would stop writing."""
    name, age = connection.execute(AGE).one()
    if age > WRAPAROUND_AGE:
        message = f"{name} is {age:,} transactions old; at some 2,000,000,000 nobody writes"
        remedy = f"VACUUM FREEZE in {name}, and find out what keeps autovacuum from it"
        yield warning("wraparound", message, remedy)
    else:
        yield ok("wraparound", f"The oldest database, {name}, is {age:,} transactions old")


def _by_pooler(settings: Settings) -> bool:
    """Say whether requests go to another server than the owner does."""
    serving, owner = parse_url(settings.repository), parse_url(settings.owner)
    return [serving.host, serving.port, serving.query] != [owner.host, owner.port, owner.query]


CHECKS = (connections, idle, wraparound)
