"""Heavy reads that take long leave processes for other requests."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from rentomatic.repository.connect import connect
from tests.e2e.sites import gunicorn
from tests.e2e.stack import ask, eventually
from tests.rooms import room
from tests.servers import nginx

pytestmark = pytest.mark.integration

# In this database, `count(*)`, which every heavy read has, waits for an advisory lock.
SLOW = """
CREATE SCHEMA slow;
CREATE FUNCTION slow.wait(bigint) RETURNS bigint LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN $1 + 1; END';
CREATE AGGREGATE slow.count(*) (SFUNC = slow.wait, STYPE = bigint, INITCOND = '0');
"""
IS_BLOCKED = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
HEAVY = (
    "/rooms/facets?filter_price__gte={}",
    "/rooms/clusters?bbox=-180,-90,180,90&filter_price__gte={}",
    "/rooms?count=exact&filter_price__gte={}",
    "/rooms/export.csv?filter_price__gte={}",
)
TIMEOUTS = {
    "RENTOMATIC_LOCK_TIMEOUT": "40",
    "RENTOMATIC_STATEMENT_TIMEOUT": "45",
    "RENTOMATIC_REQUEST_TIMEOUT": "60",
}


@contextmanager
def blocked(url: str) -> Iterator["psycopg.Connection[tuple[bool]]"]:
    """Hold the lock that all heavy reads wait for."""
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(1)")
        yield holder


def is_blocked(holder: "psycopg.Connection[tuple[bool]]") -> bool:
    """Return whether a heavy read waits for the lock."""
    return holder.execute(IS_BLOCKED).fetchone() == (True,)


@pytest.fixture
def site(postgres_url: str, home: Path) -> Iterator[int]:
    """Two workers behind Nginx, on rooms whose heavy reads are slow."""
    storage = connect(postgres_url)
    storage.rooms.put(room(number, price=number) for number in range(200))
    storage.close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(SLOW)
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET search_path = slow, public, pg_catalog')
    with (
        gunicorn(home, "one", postgres_url, WEB_CONCURRENCY="2", **TIMEOUTS) as socket,
        nginx(home, [socket]) as port,
    ):
        yield port


def test_searches_go_on_while_clients_ask_for_nothing_but_heavy_reads(
    site: int, postgres_url: str
) -> None:
    paths = [path.format(number) for number in range(3) for path in HEAVY]
    with ThreadPoolExecutor(len(paths)) as clients:
        with blocked(postgres_url) as holder:
            asked = [clients.submit(ask, site, path) for path in paths]

            def is_one_left() -> bool:
                return is_blocked(holder) and sum(each.done() for each in asked) == len(asked) - 1

            eventually(is_one_left, "one heavy read is in progress, and the others are refused")
            searches = [ask(site, "/rooms") for _ in range(10)]
            page = ask(site, "/")
        wait(asked)

    answers = [each.result() for each in asked]
    assert [answer.status for answer in searches] == [200] * 10
    assert page.status == 200
    assert page.body.count(b'class="card"') == 24
    assert b"not available right now" in page.body
    assert sorted(answer.status for answer in answers) == [200] + [503] * (len(paths) - 1)
    assert {each.fields["Retry-After"] for each in answers if each.status == 503} == {"1"}


def test_a_kept_result_needs_no_slot(site: int, postgres_url: str) -> None:
    clusters = HEAVY[1].format(0)
    with ThreadPoolExecutor(1) as client:
        with blocked(postgres_url) as holder:
            computed = client.submit(ask, site, clusters)
            eventually(lambda: is_blocked(holder), "the clusters are computed")
            # Longer than the time below which results are not kept.
            holder.execute("SELECT pg_sleep(0.1)")
        first = computed.result()

        with blocked(postgres_url) as holder:
            other = client.submit(ask, site, HEAVY[0].format(0))
            eventually(lambda: is_blocked(holder), "another read has the slot")
            kept = ask(site, clusters)

    assert (first.status, other.result().status, kept.status) == (200, 200, 200)
    assert "Age" not in first.fields
    assert 0 <= int(kept.fields["Age"]) <= 30
    assert kept.body == first.body
