"""The containers of services/compose.yaml."""

import os
from collections.abc import Sequence
from typing import NoReturn

from rentomatic.settings.file import merge
from services.stack.programs import works
from services.stack.state import ROOT

FILE = ROOT / "services/compose.yaml"


def compose(arguments: Sequence[str]) -> NoReturn:
    """Become `docker compose`, with the chosen configuration in its environment."""
    values = merge(os.environ)
    if not works("docker", "compose", "version"):
        raise SystemExit("`docker compose` is not here: install Docker and its compose plugin")
    project = f"rentomatic-{values.get('APPLICATION_CONFIG', 'development')}"
    command = ("docker", "compose", "--project-name", project, "--file", str(FILE), *arguments)
    os.execvpe(command[0], command, os.environ | values)
