"""Measures the memory of workers: idle, and after large imports over HTTP."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from rentomatic.domain.tokens import Role
from rentomatic.repository.connect import connect
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.serializers.formats import FORMATS
from rentomatic_postgres.connections import parse_url
from rentomatic_postgres.schema import revisions
from tests import servers
from tests.apps import token_for
from tests.e2e.sites import gunicorn, memory_of, workers
from tests.e2e.stack import ask
from tests.programs import folder, free_port
from tools.bench.imports import random_rooms
from tools.bench.measuring import Load
from tools.bench.report import Goal, check_goals, print_table

PROCESSES = "2"
# Room for any number of rows, in bytes and seconds.
SETTINGS = {
    "RENTOMATIC_IMPORT_LIMIT": str(2**30),
    "RENTOMATIC_REQUEST_TIMEOUT": "600",
    "RENTOMATIC_STATEMENT_TIMEOUT": "300",
}
PATHS = ("/rooms", f"/rooms/{EXAMPLE_ROOMS[0].code}", "/", "/openapi.json")
REQUESTS_PER_PATH = 50  # so that each worker serves some
IMPORTS = ("dry_run=true&on_error=skip", "on_error=skip", "on_error=abort")
MAX_IDLE_MIB, MAX_KEPT_MIB = 45, 10


def memory(number_of_rows: int, _load: Load) -> bool:
    """Print the memory with each storage. Return whether the goals for PostgreSQL are reached."""
    rows = "".join(FORMATS["csv"].write(random_rooms(number_of_rows))).encode()
    with postgres() as url:
        idle, *imported = measure(url, rows)
    with servers.mongo(free_port()) as server:
        others = {"MongoDB": measure(f"{server}/bench"), "memory": measure("memory://")}
    results = dict(zip(IMPORTS, imported, strict=True))
    print_table(
        ["PostgreSQL", "MiB"],
        [
            ["idle", f"{idle:.1f}"],
            *([f"after `{options}`", f"{size:.1f}"] for options, size in results.items()),
        ],
    )
    for name, (size,) in others.items():
        print(f"{name}, idle: {size:.1f} MiB")
    return check_goals(
        [
            Goal("idle, MiB", idle, maximum=MAX_IDLE_MIB),
            Goal("kept after imports, MiB", max(imported) - idle, maximum=MAX_KEPT_MIB),
        ]
    )


@contextmanager
def postgres() -> Iterator[str]:
    with (
        servers.postgres(os.environ) as server,
        servers.database(server, "bench", server.template_dbname) as url,
    ):
        revisions.upgrade(parse_url(url))
        yield url


def measure(url: str, rows: bytes = b"") -> list[float]:
    """Return the largest PSS of a worker in MiB: idle, and after each import of the rows."""
    with closing(connect(url)) as storage:
        storage.rooms.put(EXAMPLE_ROOMS)
        token = token_for(storage.tokens, Role.IMPORTER)
    fields = {"Authorization": token, "Content-Type": "text/csv"}
    with (
        folder() as home,
        gunicorn(home, "ours", url, WEB_CONCURRENCY=PROCESSES, **SETTINGS) as socket,
        servers.nginx(home, [socket], **SETTINGS) as port,
    ):
        sizes = [largest_after_requests(port, home)]
        for options in IMPORTS if rows else ():
            path = f"http://127.0.0.1:{port}/rooms/import?{options}"
            urlopen(Request(path, rows, fields)).close()
            sizes.append(largest_after_requests(port, home))
        return sizes


def largest_after_requests(port: int, home: Path) -> float:
    for path in PATHS * REQUESTS_PER_PATH:
        assert ask(port, path).status == 200, path
    return max(memory_of(worker)["Pss"] for worker in workers(home / "ours.pid"))
