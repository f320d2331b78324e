"""Many migrate at once, and one is killed at it."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg

from rentomatic_postgres.connections import parse_url
from rentomatic_postgres.schema import revisions
from tests.e2e.stack import Checkout, eventually
from tools.chaos.figures import Figure
from tools.chaos.kills import url
from tools.chaos.size import Size

AT_ONCE = 10
PROGRAM = str(Path(sys.executable).with_name("rentomatic"))
LONGEST_SECONDS = 0.15  # that a migration is at the database
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'room'"


def migrations(services: Checkout, size: Size) -> list[Figure]:
    """Migrate an empty database ten times at once; kill a migration, ever later in it."""
    with psycopg.connect(url(services, "postgres"), autocommit=True) as server:
        return [*_at_once(services, server), *_killed(services, server, size.migrations)]


def _at_once(services: Checkout, server: "psycopg.Connection") -> list[Figure]:
    server.execute("CREATE DATABASE at_once")
    running = [_migrate(services, "at_once") for _ in range(AT_ONCE)]
    outputs = [each.communicate(timeout=60)[0] for each in running]
    failed = sum(each.returncode != 0 for each in running)
    done = sum(f"Migrated: {revisions.head()} ->" in output for output in outputs)
    server.execute("DROP DATABASE at_once")
    return [
        Figure("migrations at once", len(running)),
        Figure("failed", failed, most=0),
        Figure("found it done", done, least=AT_ONCE - 1, most=AT_ONCE - 1),
    ]


def _killed(services: Checkout, server: "psycopg.Connection", times: int) -> list[Figure]:
    found = [
        _kill(services, server, f"killed_{number}", number / times) for number in range(times)
    ]
    return [
        Figure("migrations killed", times),
        Figure("left at nothing", found.count("nothing")),
        Figure("left at the newest revision", found.count("newest")),
        Figure("left in between", found.count("between"), most=0),
    ]


def _kill(services: Checkout, server: "psycopg.Connection", name: str, later: float) -> str:
    """Kill a migration that has begun, return what it leaves, and migrate for good."""
    server.execute(f"CREATE DATABASE {name}")
    with _migrate(services, name) as process:
        while not _sessions(server, name) and process.poll() is None:
            time.sleep(0.002)
        time.sleep(later * LONGEST_SECONDS)
        process.kill()
    eventually(lambda: _sessions(server, name) == 0, "the server has noticed")
    left = _left(url(services, name))
    with _migrate(services, name) as process:
        assert process.wait(60) == 0, process.communicate()
    assert _left(url(services, name)) == "newest"
    server.execute(f"DROP DATABASE {name}")
    return left


def _left(database: str) -> str:
    revision = revisions.current(parse_url(database))
    with psycopg.connect(database) as connection:
        row = connection.execute(TABLES).fetchone()
    found = (revision, bool(row and row[0]))
    return {(None, False): "nothing", (revisions.head(), True): "newest"}.get(found, "between")


def _sessions(server: "psycopg.Connection", name: str) -> int:
    row = server.execute(SESSIONS, (name,)).fetchone()
    return int(row[0]) if row else 0


def _migrate(services: Checkout, name: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        (PROGRAM, "db", "migrate"),
        env=services.environ | {"RENTOMATIC_REPOSITORY": url(services, name)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
