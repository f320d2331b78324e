"""`python -m services.stack`: what the recipes do with the stack, and run for a single command."""

import argparse
import os
import sys
from pathlib import Path

from rentomatic.errors import InvalidRequest
from services.stack import background, privileges
from services.stack.answering import announce
from services.stack.compose import compose
from services.stack.reloading import reload
from services.stack.run import run
from services.stack.serve import serve
from services.stack.state import ROOT, from_environment, prepare

STACK = {
    "serve": serve,
    "up": background.up,
    "down": background.down,
    "ps": background.ps,
    "logs": background.logs,
    "reload": reload,
    "announce": announce,
}


def main(arguments: list[str]) -> int:
    """Do what the first argument names, and return the exit status: 2 for wrong settings."""
    os.environ.setdefault("APPLICATION_CONFIG_PATH", str(ROOT / "services/config"))
    try:
        return _do(arguments)
    except InvalidRequest as error:
        print(error, file=sys.stderr)
        return 2


def _do(arguments: list[str]) -> int:
    state = from_environment(os.environ)
    name, *rest = arguments or [""]
    if name == "compose":
        compose(rest)
    if name == "run":
        return run(state, *_directory_and_command(rest))
    if name not in STACK:
        sys.exit(f"usage: python -m services.stack {'|'.join([*STACK, 'run', 'compose'])}")
    privileges.drop(state.folder, arguments)
    prepare(state)
    return STACK[name](state)


def _directory_and_command(arguments: list[str]) -> tuple[Path, list[str]]:
    """Read `[--directory DIRECTORY] -- COMMAND…`."""
    end = arguments.index("--") if "--" in arguments else 0
    parser = argparse.ArgumentParser(
        prog="services.stack run", usage="[--directory DIRECTORY] -- COMMAND…"
    )
    parser.add_argument("--directory", type=Path, default=Path())
    directory = parser.parse_args(arguments[:end]).directory
    return directory, arguments[end + 1 :] or parser.error("no command")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
