"""Runs migrations concurrently, and kills migrations."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg

from rentomatic_postgres.connections import parse_url
from rentomatic_postgres.schema import history, revisions
from tests.e2e.stack import Checkout, eventually
from tools.chaos.figures import Figure
from tools.chaos.kills import owner_url
from tools.chaos.size import Size

CONCURRENT = 10
PROGRAM = str(Path(sys.executable).with_name("rentomatic"))
MIGRATION_SECONDS = 0.15  # maximum duration on an empty database
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'room'"


def migrations(services: Checkout, size: Size) -> list[Figure]:
    """Migrate an empty database ten times concurrently; kill migrations at increasing times."""
    with psycopg.connect(owner_url(services, "postgres"), autocommit=True) as server:
        return [
            *_run_concurrently(services, server),
            *_kill_all(services, server, size.migrations),
        ]


def _run_concurrently(services: Checkout, server: "psycopg.Connection") -> list[Figure]:
    server.execute("CREATE DATABASE at_once")
    running = [_migrate(services, "at_once") for _ in range(CONCURRENT)]
    outputs = [each.communicate(timeout=60)[0] for each in running]
    failed = sum(each.returncode != 0 for each in running)
    done = sum(f"Migrated: {history.head()} ->" in output for output in outputs)
    server.execute("DROP DATABASE at_once")
    return [
        Figure("concurrent migrations", len(running)),
        Figure("failed", failed, maximum=0),
        Figure("already migrated", done, minimum=CONCURRENT - 1, maximum=CONCURRENT - 1),
    ]


def _kill_all(services: Checkout, server: "psycopg.Connection", times: int) -> list[Figure]:
    states = [
        _kill(services, server, f"killed_{number}", number / times) for number in range(times)
    ]
    return [
        Figure("migrations killed", times),
        Figure("left empty", states.count("empty")),
        Figure("left at the newest revision", states.count("newest")),
        Figure("left at an earlier revision", states.count("earlier")),
        Figure("left in between", states.count("between"), maximum=0),
    ]


def _kill(services: Checkout, server: "psycopg.Connection", name: str, fraction: float) -> str:
    """Kill a migration at a fraction of its duration, return the state, and migrate again."""
    server.execute(f"CREATE DATABASE {name}")
    with _migrate(services, name) as process:
        while not _sessions(server, name) and process.poll() is None:
            time.sleep(0.002)
        time.sleep(fraction * MIGRATION_SECONDS)
        process.kill()
    eventually(lambda: _sessions(server, name) == 0, "the server has closed the session")
    state = _state(owner_url(services, name))
    with _migrate(services, name) as process:
        assert process.wait(60) == 0, process.communicate()
    assert _state(owner_url(services, name)) == "newest"
    server.execute(f"DROP DATABASE {name}")
    return state


def _state(database: str) -> str:
    revision = revisions.current(parse_url(database))
    with psycopg.connect(database) as connection:
        row = connection.execute(TABLES).fetchone()
    has_table = bool(row and row[0])
    if has_table != (revision is not None):
        return "between"
    # An index that is created concurrently commits the revisions before it.
    return {None: "empty", history.head(): "newest"}.get(revision, "earlier")


def _sessions(server: "psycopg.Connection", name: str) -> int:
    row = server.execute(SESSIONS, (name,)).fetchone()
    return int(row[0]) if row else 0


def _migrate(services: Checkout, name: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        (PROGRAM, "db", "migrate"),
        env=services.environ | {"RENTOMATIC_REPOSITORY": owner_url(services, name)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
