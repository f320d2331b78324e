"""`python -m services.stack COMMAND`: the commands behind the recipes of the justfile."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from rentomatic.errors import InvalidRequest
from rentomatic.settings.file import merge
from services.stack import background, prepare, privileges
from services.stack.database import Database, is_embedded, shared_server
from services.stack.environment import environment, load_settings
from services.stack.programs import postgresql, postgresqls, works
from services.stack.reload import reload
from services.stack.serve import announce, serve
from services.stack.signals import exit_on_signals, wait_for
from services.stack.state import ROOT, State

STACK_COMMANDS = {
    "serve": serve,
    "up": background.up,
    "down": background.down,
    "ps": background.ps,
    "logs": background.logs,
    "reload": reload,
    "announce": announce,
}

# `db init` expects no database; `db revision` must not insert example rooms, since a new field
# may have no column yet.
PREPARATIONS: dict[tuple[str, ...], Callable[[Database], None]] = {
    ("db", "init"): prepare.start_server,
    ("db", "revision"): prepare.start_migrated,
}


def main(arguments: list[str]) -> int:
    """Run a command and return its exit status, which is 2 for invalid settings."""
    os.environ.setdefault("APPLICATION_CONFIG_PATH", str(ROOT / "services/config"))
    try:
        return _dispatch(arguments)
    except InvalidRequest as error:
        print(error, file=sys.stderr)
        return 2


def _dispatch(arguments: list[str]) -> int:
    state = State.from_environment(os.environ)
    name, *rest = arguments or [""]
    if name == "compose":
        compose(rest)
    if name == "run":
        return run(state, *_directory_and_command(rest))
    if name not in STACK_COMMANDS:
        names = "|".join([*STACK_COMMANDS, "run", "compose"])
        sys.exit(f"usage: python -m services.stack {names}")
    privileges.drop(state.folder, arguments)
    state.make_folders()
    return STACK_COMMANDS[name](state)


def _directory_and_command(arguments: list[str]) -> tuple[Path, list[str]]:
    """Parse `[--directory DIRECTORY] -- COMMAND…`."""
    end = arguments.index("--") if "--" in arguments else 0
    parser = argparse.ArgumentParser(
        prog="services.stack run", usage="[--directory DIRECTORY] -- COMMAND…"
    )
    parser.add_argument("--directory", type=Path, default=Path())
    directory = parser.parse_args(arguments[:end]).directory
    return directory, arguments[end + 1 :] or parser.error("COMMAND is missing")


def run(state: State, directory: Path, command: list[str]) -> int:
    """Run a command in the directory, with the embedded database if the settings name no other.

    Without the embedded database, the command replaces this process.
    """
    settings = load_settings(state)
    if not (is_embedded(settings, state) and _needs_database(command)):
        os.environ.update(environment(settings, state, next(postgresqls(os.environ), None)))
        os.chdir(directory)
        os.execvp(command[0], command)
    privileges.drop(state.folder, ("run", "--directory", str(directory), "--", *command))
    state.make_folders()
    database = Database(state, postgresql(os.environ, state.data))
    os.environ.update(environment(settings, state, database.programs))
    exit_on_signals()
    start = PREPARATIONS.get(tuple(command[1:3]), prepare.start_with_examples)
    with shared_server(database, start):
        return wait_for(subprocess.Popen(command, cwd=directory))


def _needs_database(command: list[str]) -> bool:
    return command[-1] not in ("--help", "--version") and command[1:2] != ["config"]


def compose(arguments: Sequence[str]) -> NoReturn:
    """Replace this process by `docker compose`, with the settings in its environment."""
    values = merge(os.environ)
    if not works("docker", "compose", "version"):
        raise SystemExit("`docker compose` is missing: install Docker and its compose plugin")
    project = f"rentomatic-{values.get('APPLICATION_CONFIG', 'development')}"
    file = str(ROOT / "services/compose.yaml")
    command = ("docker", "compose", "--project-name", project, "--file", file, *arguments)
    os.execvpe(command[0], command, os.environ | values)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
