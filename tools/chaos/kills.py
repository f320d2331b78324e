"""Programs of the stack die, or are restarted, under mixed reads and writes."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg

from services.stack.programs import postgresqls
from tests.e2e.stack import Answer, Checkout
from tools.chaos import victims
from tools.chaos.figures import Figure
from tools.chaos.load import breaking, under_load
from tools.chaos.size import Size

# What the proxy says when no gunicorn does, and the application when no database does.
UNAVAILABLE = 503
BY_AN_INDEX = ("enable_seqscan",)
BY_A_SCAN = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")
DIGEST = "SELECT count(*), md5(string_agg(code::text || price, ',' ORDER BY code)) FROM room"


def worker(services: Checkout, size: Size) -> list[Figure]:
    """Kill a worker of gunicorn, several times for each of the others' faults."""
    return _killing(services, victims.kill_worker, size._replace(faults=4 * size.faults, pause=1))


def gunicorn(services: Checkout, size: Size) -> list[Figure]:
    """Kill gunicorn's master."""
    return _killing(services, victims.kill_master, size)


def nginx(services: Checkout, size: Size) -> list[Figure]:
    """Kill Nginx's master."""
    return _killing(services, victims.kill_nginx, size)


def postgres(services: Checkout, size: Size) -> list[Figure]:
    """Kill PostgreSQL's postmaster beside a statement that computes; look into what it leaves."""
    return [*_killing(services, _kill_busy_postgres, size), *_damage(services)]


def restart(services: Checkout, size: Size) -> list[Figure]:
    """Restart PostgreSQL, both in order and at once; nobody else is to be replaced for it."""
    before = victims.workers(services)
    with under_load(services, size) as load:
        faults = [
            *breaking(load, victims.restart_postgres_fast),
            *breaking(load, victims.restart_postgres_immediately),
        ]
    refused = [each.answer for each in load.samples() if each.status == UNAVAILABLE]
    unfit = [answer for answer in refused if not answer or not _of_the_repository(answer)]
    return [
        *load.figures(faults, UNAVAILABLE),
        Figure("503 unfit for programs", len(unfit), most=0),
        Figure("replaced workers", len(set(before) - set(victims.workers(services))), most=0),
    ]


def _killing(services: Checkout, kill: Callable[[Checkout], None], size: Size) -> list[Figure]:
    with under_load(services, size) as load:
        faults = breaking(load, kill)
    gone = ("refused", "cut off")
    return load.figures(faults, UNAVAILABLE, *gone)


def _kill_busy_postgres(services: Checkout) -> None:
    """Kill the postmaster while a process of it computes, which never asks whether it lives."""
    with closing(psycopg.connect(url(services, "postgres"), autocommit=True)) as connection:
        connection.execute("SET statement_timeout = '20s'")
        connection.pgconn.send_query(b"DO 'BEGIN LOOP END LOOP; END'")
        victims.kill_postgres(services)


def fit(answer: Answer) -> bool:
    """Say whether a program can tell from a 503 that it is one, and when to come again."""
    return "Retry-After" in answer.fields and answer.json()["type"] == "SystemError"


def _of_the_repository(answer: Answer) -> bool:
    return fit(answer) and bool(answer.json()["code"] == "repository_unavailable")


def _damage(services: Checkout) -> Iterator[Figure]:
    """Compare the table with what its indexes say, and each with itself."""
    with psycopg.connect(url(services, "application"), autocommit=True) as connection:
        scanned, found = (_digest(connection, way) for way in (BY_AN_INDEX, BY_A_SCAN))
    yield Figure("rooms in the table", scanned[0], least=1)
    yield Figure("rooms that indexes and table tell differently", scanned != found, most=0)
    program = next(postgresqls(os.environ)) / "pg_amcheck"
    if program.exists():
        options = ("--install-missing", "--heapallindexed", "--parent-check")
        command = (program, *options, "-h", services.state / "run", "-U", "postgres")
        checked = subprocess.run((*command, "application"), check=False, timeout=60)
        yield Figure("failures of pg_amcheck", checked.returncode, most=0)


def url(services: Checkout, database: str) -> str:
    """Return the URL by which the owner reaches a database of the embedded server."""
    return f"postgresql://postgres@/{database}?host={services.state / 'run'}"


def _digest(connection: "psycopg.Connection", without: tuple[str, ...]) -> tuple[int, str]:
    connection.execute("RESET ALL")
    for setting in without:
        connection.execute(f"SET {setting} = off")
    row = connection.execute(DIGEST).fetchone()
    assert row
    return row[0], row[1]
