"""What a database needs before its first request."""

import os
import subprocess
import sys
import time

from rentomatic.repository.connect import connect
from rentomatic.repository.memory import EXAMPLE_ROOMS
from services.stack.database import Database

PATIENCE = 30  # seconds that somebody else's server may take to come up
UNAVAILABLE = 5  # how `rentomatic` exits when it cannot reach the database


def start(database: Database) -> None:
    """Start the server, of a cluster made now if there is none."""
    database.create()
    if not database.is_ready():
        database.start()


def start_migrated(database: Database) -> None:
    """Start the server; a new cluster gets the table of rooms, and its rooms another time."""
    start(database)
    if database.is_new():
        migrate(quiet=True)


def start_furnished(database: Database) -> None:
    """Start the server; a new cluster gets the table of rooms and the book's four."""
    start_migrated(database)
    furnish(database)


def furnish(database: Database) -> None:
    """Give a new cluster the book's rooms; one that had them keeps what was made of them."""
    if database.is_new():
        rooms = connect(os.environ["RENTOMATIC_REPOSITORY"]).rooms
        rooms.put(EXAMPLE_ROOMS)
        rooms.close()
        database.keep()


def migrate(quiet: bool = False) -> None:
    """Make the database and bring it to the newest revision, as soon as its server answers."""
    output = subprocess.DEVNULL if quiet else None
    if status := _init(output) or _migrate(output):
        sys.exit(status)


def _init(output: int | None) -> int:
    """Make the database, unless it is there; a server may still be coming up."""
    deadline = time.monotonic() + PATIENCE
    result = _try_init(output)
    if result.returncode == UNAVAILABLE:
        print("Waiting for the database", file=sys.stderr)
    while result.returncode == UNAVAILABLE and time.monotonic() < deadline:
        time.sleep(0.5)
        result = _try_init(output)
    sys.stderr.write(result.stderr)
    return result.returncode


def _try_init(output: int | None) -> "subprocess.CompletedProcess[str]":
    command = ("rentomatic", "db", "init")
    return subprocess.run(command, check=False, stdout=output, stderr=subprocess.PIPE, text=True)


def _migrate(output: int | None) -> int:
    return subprocess.call(("rentomatic", "db", "migrate"), stdout=output)
