"""Compares imports with a plain COPY of the same file into the same table."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg

from rentomatic.domain.room import Room
from rentomatic.imports.options import parse_import
from rentomatic.imports.reading import open_rows
from rentomatic.repository.connect import connect
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.rooms import columns
from rentomatic.use_cases.imports import import_rooms
from rentomatic_postgres.connections import parse_url
from rentomatic_postgres.schema import revisions
from tests import servers
from tests.programs import folder
from tools.bench.measuring import Load

COPY = f"COPY room ({', '.join(columns(None))}) FROM STDIN (FORMAT csv, HEADER)"
BLOCK_BYTES = 2**20
MIN_RATIO = 0.5


def imports(number_of_rooms: int, _load: Load) -> bool:
    """Print the duration of each import. Return whether the goal is reached."""
    with folder() as home, servers.postgres(os.environ) as server:
        file = home / "rooms.csv"
        with file.open("w") as text:
            text.writelines(FORMATS["csv"].write(random_rooms(number_of_rooms)))
        print(f"{number_of_rooms} rooms, {file.stat().st_size / 2**20:.1f} MiB")
        with servers.database(server, "bench", server.template_dbname) as url:
            revisions.upgrade(parse_url(url))
            return compare(url, file)


def compare(url: str, file: Path) -> bool:
    print_seconds("reading the rows", lambda: parse_rows(file))
    first_copy = print_seconds("COPY", lambda: copy_file(url, file))
    durations = {}
    for on_error in ("abort", "skip"):
        truncate(url)
        name = f"import, on error {on_error}"
        durations[name] = print_seconds(name, partial(import_file, url, file, on_error=on_error))
    print_seconds("unchanged rows", lambda: import_file(url, file))
    print_seconds("dry run", lambda: import_file(url, file, dry_run="true"))
    truncate(url)
    copy_seconds = (first_copy + print_seconds("COPY again", lambda: copy_file(url, file))) / 2
    ratios = {name: copy_seconds / seconds for name, seconds in durations.items()}
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f} of the speed of COPY, at least {MIN_RATIO}")
    return min(ratios.values()) >= MIN_RATIO


def print_seconds(name: str, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(f"{name:24}{seconds:8.2f} s", flush=True)
    return seconds


def random_rooms(number_of_rooms: int) -> Iterator[Room]:
    random = Random(5)  # noqa: S311 (reproducible rooms)
    for _ in range(number_of_rooms):
        yield replace(
            EXAMPLE_ROOMS[0],
            code=str(UUID(int=random.getrandbits(128), version=4)),
            size=random.randint(10, 300),
            price=random.randint(10, 900),
            longitude=round(random.uniform(-180, 180), 7),
            latitude=round(random.uniform(-90, 90), 7),
        )


def parse_rows(file: Path) -> None:
    with file.open("rb") as lines:
        for _ in open_rows(lines, "csv", parse_import((), "csv")):
            pass


def copy_file(url: str, file: Path) -> None:
    with (
        file.open("rb") as source,
        psycopg.connect(url) as connection,
        connection.cursor().copy(COPY) as sink,
    ):
        while block := source.read(BLOCK_BYTES):
            sink.write(block)


def truncate(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE room")


def import_file(url: str, file: Path, **options: str) -> None:
    import_options = parse_import(options.items(), "csv")
    with closing(connect(url).rooms) as rooms, file.open("rb") as lines:
        rows = open_rows(lines, "csv", import_options)
        import_rooms(rooms, rows, import_options.all_or_none, import_options.dry_run)
