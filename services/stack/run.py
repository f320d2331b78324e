"""A command on the rooms of the settings, wherever they are."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from services.stack import configuration, preparing, privileges, sharing
from services.stack.database import Database
from services.stack.programs import postgresql, postgresqls
from services.stack.signals import end_in_order, wait_for
from services.stack.state import State, prepare

# What makes databases finds none made. A field without a column yet is in no table of rooms.
BRING_UPS: dict[tuple[str, ...], Callable[[Database], None]] = {
    ("db", "init"): preparing.start,
    ("db", "revision"): preparing.start_migrated,
}


def run(state: State, directory: Path, command: list[str]) -> int:
    """Run the command in the directory, on the embedded database when the settings say so.

    Returns its exit status, or becomes the command where nothing is left to do after it.
    """
    chosen = configuration.load(state)
    if configuration.is_embedded(chosen, state) and _needs_database(command):
        privileges.drop(state.folder, ("run", "--directory", str(directory), "--", *command))
        prepare(state)
        database = Database(state, postgresql(os.environ, state.data))
        configuration.apply(chosen, state, database.programs)
        return _run_on(database, directory, command)
    configuration.apply(chosen, state, next(postgresqls(os.environ), None))
    return _become(command, directory)


def _become(command: list[str], directory: Path) -> NoReturn:
    os.chdir(directory)
    os.execvp(command[0], command)


def _needs_database(command: list[str]) -> bool:
    """Say whether a server must run: its help and its configuration need none."""
    return command[-1] not in ("--help", "--version") and command[1:2] != ["config"]


def _run_on(database: Database, directory: Path, command: list[str]) -> int:
    """Run the command while the database runs, on as much as the command needs to find there."""
    bring_up = BRING_UPS.get(tuple(command[1:3]), preparing.start_furnished)
    end_in_order()
    with sharing.in_use(database, bring_up):
        return wait_for(subprocess.Popen(command, cwd=directory))
