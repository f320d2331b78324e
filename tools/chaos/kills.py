"""Kills or restarts programs of the stack under mixed reads and writes."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg

from services.stack.programs import postgresqls
from tests.e2e.stack import Answer, Checkout
from tools.chaos import processes
from tools.chaos.figures import Figure
from tools.chaos.load import inject, under_load
from tools.chaos.size import Size

# From Nginx without gunicorn, and from the application without PostgreSQL.
UNAVAILABLE = 503
DISABLE_TABLE_SCANS = ("enable_seqscan",)
DISABLE_INDEX_SCANS = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")
DIGEST = "SELECT count(*), md5(string_agg(code::text || price, ',' ORDER BY code)) FROM room"


def worker(services: Checkout, size: Size) -> list[Figure]:
    """Kill a worker of gunicorn, four times as often as other programs."""
    return _kill_under_load(
        services, processes.kill_worker, size._replace(faults=4 * size.faults, pause=1)
    )


def gunicorn(services: Checkout, size: Size) -> list[Figure]:
    """Kill gunicorn's master."""
    return _kill_under_load(services, processes.kill_master, size)


def nginx(services: Checkout, size: Size) -> list[Figure]:
    """Kill Nginx's master."""
    return _kill_under_load(services, processes.kill_nginx, size)


def postgres(services: Checkout, size: Size) -> list[Figure]:
    """Kill PostgreSQL's postmaster during a long statement, and check tables and indexes."""
    return [*_kill_under_load(services, _kill_busy_postgres, size), *_check_consistency(services)]


def restart(services: Checkout, size: Size) -> list[Figure]:
    """Restart PostgreSQL in fast and immediate mode; no gunicorn worker may be replaced."""
    before = processes.workers(services)
    with under_load(services, size) as load:
        faults = [
            *inject(load, processes.restart_postgres_fast),
            *inject(load, processes.restart_postgres_immediately),
        ]
    unavailable = [each.answer for each in load.samples() if each.status == UNAVAILABLE]
    unexpected = [each for each in unavailable if not each or not _is_from_repository(each)]
    return [
        *load.figures(faults, UNAVAILABLE),
        Figure("503 other than repository_unavailable", len(unexpected), maximum=0),
        Figure("replaced workers", len(set(before) - set(processes.workers(services))), maximum=0),
    ]


def _kill_under_load(
    services: Checkout, kill: Callable[[Checkout], None], size: Size
) -> list[Figure]:
    with under_load(services, size) as load:
        faults = inject(load, kill)
    return load.figures(faults, UNAVAILABLE, "refused", "cut off")


def _kill_busy_postgres(services: Checkout) -> None:
    """Kill the postmaster while a backend runs an endless loop, so that it does not exit."""
    with closing(psycopg.connect(owner_url(services, "postgres"), autocommit=True)) as connection:
        connection.execute("SET statement_timeout = '20s'")
        connection.pgconn.send_query(b"DO 'BEGIN LOOP END LOOP; END'")
        processes.kill_postgres(services)


def is_well_formed_503(answer: Answer) -> bool:
    """Return whether a 503 has Retry-After and our JSON error format."""
    return "Retry-After" in answer.fields and answer.json()["type"] == "SystemError"


def _is_from_repository(answer: Answer) -> bool:
    return is_well_formed_503(answer) and bool(answer.json()["code"] == "repository_unavailable")


def _check_consistency(services: Checkout) -> Iterator[Figure]:
    """Compare the table with its indexes, and check both with pg_amcheck if it is installed."""
    with psycopg.connect(owner_url(services, "application"), autocommit=True) as connection:
        by_index = _digest(connection, DISABLE_TABLE_SCANS)
        by_scan = _digest(connection, DISABLE_INDEX_SCANS)
    yield Figure("rooms in the table", by_scan[0], minimum=1)
    yield Figure("indexes differ from the table", by_index != by_scan, maximum=0)
    program = next(postgresqls(os.environ)) / "pg_amcheck"
    if program.exists():
        options = ("--install-missing", "--heapallindexed", "--parent-check")
        command = (program, *options, "-h", services.state / "run", "-U", "postgres")
        result = subprocess.run((*command, "application"), check=False, timeout=60)
        yield Figure("failures of pg_amcheck", result.returncode, maximum=0)


def owner_url(services: Checkout, database: str) -> str:
    """Return the owner's URL of a database on the embedded server."""
    return f"postgresql://postgres@/{database}?host={services.state / 'run'}"


def _digest(connection: "psycopg.Connection", disabled: tuple[str, ...]) -> tuple[int, str]:
    connection.execute("RESET ALL")
    for setting in disabled:
        connection.execute(f"SET {setting} = off")
    row = connection.execute(DIGEST).fetchone()
    assert row
    return row[0], row[1]
