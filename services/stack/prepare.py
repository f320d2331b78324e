"""Prepares a database for requests: server, migrations, example rooms."""

import os
import subprocess
import sys
import time

from rentomatic.repository.connect import connect
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.repository.positions import PositionedRooms
from rentomatic.settings.settings import load
from services.stack.database import Database

CONNECT_TIMEOUT_SECONDS = 30
EXIT_UNAVAILABLE = 5  # exit status of `rentomatic` if it cannot connect to the database


def start_server(database: Database) -> None:
    """Start the embedded server; create its cluster first if it does not exist."""
    database.create()
    if not database.is_ready():
        database.start()


def start_migrated(database: Database) -> None:
    """Start the embedded server, and migrate a new cluster."""
    start_server(database)
    if database.is_new():
        migrate(quiet=True)


def start_with_examples(database: Database) -> None:
    """Start the embedded server, and give a new cluster its tables and the example rooms."""
    start_migrated(database)
    insert_examples(database)


def start_for_stack(database: Database) -> None:
    """Start the embedded server, migrate it, and give a new cluster the example rooms."""
    start_server(database)
    migrate()
    insert_examples(database)


def insert_examples(database: Database) -> None:
    if database.is_new():
        grid = load(os.environ).grid
        rooms = connect(os.environ["RENTOMATIC_REPOSITORY"]).rooms
        PositionedRooms(rooms, grid, for_editors=True).put(EXAMPLE_ROOMS)
        rooms.close()
        database.mark_filled()


def migrate(quiet: bool = False) -> None:
    """Create the database of the settings unless it exists, and migrate it; exit if that fails."""
    output = subprocess.DEVNULL if quiet else None
    deadline = time.monotonic() + CONNECT_TIMEOUT_SECONDS
    result = _init(output)
    if result.returncode == EXIT_UNAVAILABLE:
        print("Waiting for the database", file=sys.stderr)
    while result.returncode == EXIT_UNAVAILABLE and time.monotonic() < deadline:
        time.sleep(0.5)
        result = _init(output)
    sys.stderr.write(result.stderr)
    if result.returncode:
        sys.exit(result.returncode)


def _init(output: int | None) -> "subprocess.CompletedProcess[str]":
    command = ("rentomatic", "db", "init", "--migrate")
    return subprocess.run(command, check=False, stdout=output, stderr=subprocess.PIPE, text=True)
