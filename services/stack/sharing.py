"""One embedded database for everyone who needs it, for exactly as long.

Two locks tell what a process may do. Whoever has `postgres.users`, shared, may rely on the server
running; whoever gets it alone may stop it. Whoever has `postgres.starter` alone may start it: a
stack keeps that for as long as it is up, since its server is its supervisor's.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from services.stack.database import Database
from services.stack.locks import lock_file, share, take, try_to_take


@contextmanager
def in_use(database: Database, bring_up: Callable[[Database], None]) -> Iterator[None]:
    """Keep the server running until the block has ended; the last user to leave stops it.

    `bring_up` starts what is missing; no two processes are in it at once.
    """
    with lock_file(database.state.folder / "postgres.users") as users:
        share(users)
        try:
            _await(database, bring_up)
            yield
        finally:
            leave(database, users)


def _await(database: Database, bring_up: Callable[[Database], None]) -> None:
    """Bring the server up, or wait until another process has."""
    with lock_file(database.state.folder / "postgres.starter") as starter:
        while not (database.is_ready() and not database.is_new()):
            if try_to_take(starter):
                bring_up(database)
                return
            time.sleep(0.05)


@contextmanager
def owned(database: Database, bring_up: Callable[[Database], None]) -> Iterator[None]:
    """Bring the server up once, stop it, and let nobody start it but this process' supervisor."""
    folder = database.state.folder
    with (
        lock_file(folder / "postgres.users") as users,
        lock_file(folder / "postgres.starter") as s,
    ):
        share(users)
        try:
            take(s)
            bring_up(database)
            _stop_when_unused(database, users)
            share(users)
            yield
        finally:
            leave(database, users)


def _stop_when_unused(database: Database, users: TextIO) -> None:
    if not try_to_take(users):
        print("Waiting for other commands that use the database", flush=True)
        take(users)
    database.stop()


def leave(database: Database, users: TextIO) -> None:
    """Use the server no longer; stop it when nobody else does."""
    if try_to_take(users):
        database.stop()
