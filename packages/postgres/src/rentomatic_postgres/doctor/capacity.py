"""Check of the server's connection limit."""

from sqlalchemy import Connection, text

from rentomatic.checks import Results, error, ok, warning
from rentomatic.settings.settings import Settings
from rentomatic_postgres.connections import POOL_SIZE, parse_url

# reserved_connections is new in PostgreSQL 16. Parallel workers do not count as connections.
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


def connections(connection: Connection, settings: Settings) -> Results:
    """Check that all workers can be connected at the same time."""
    if _has_pooler(settings):
        yield ok("connections", "Limited by the pooler at APPLICATION_HOSTNAME; not checked")
        return
    limit, reserved, others = connection.execute(CONNECTIONS).one()
    left, workers = limit - reserved - others, settings.workers
    message = (
        f"WEB_CONCURRENCY {workers} needs {workers} connections with sync workers,"
        f" {workers * POOL_SIZE} with threads; {left} are available = max_connections {limit}"
        f" - reserved {reserved} - used by others {others}"
    )
    if workers > left:
        remedy = f"Lower WEB_CONCURRENCY to {max(left, 1)}, or raise max_connections"
        yield error("connections", message, remedy)
    elif workers * POOL_SIZE > left:
        remedy = "Raise max_connections before you use workers with threads"
        yield warning("connections", message, remedy)
    else:
        yield ok("connections", message)


def _has_pooler(settings: Settings) -> bool:
    application, owner = parse_url(settings.repository), parse_url(settings.owner)
    return (application.host, application.port, application.query) != (
        owner.host,
        owner.port,
        owner.query,
    )


CHECKS = (connections,)
