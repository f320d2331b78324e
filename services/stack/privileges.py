"""PostgreSQL refuses to run as root: how to be someone else."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from services.stack.programs import system_program, works

NOBODY = 65534


def drop(folder: Path, arguments: Sequence[str]) -> None:
    """Go on as someone whom PostgreSQL accepts, and who owns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    before = prefix(folder)
    if before:
        os.execv(before[0], (*before, sys.executable, "-m", "services.stack", *arguments))


def prefix(folder: Path) -> tuple[str, ...]:
    """Return what, before a command, has it run by someone whom PostgreSQL accepts.

    That is nothing unless this is root. The folder, and all in it, belongs to that someone.
    """
    if os.geteuid() != 0:
        return ()
    # Root's files stay within reach of a user namespace in which root is called nobody …
    unshare = _command("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    if _works(unshare):
        return unshare
    # … and where the machine allows none, a real nobody has to be given what it needs.
    setpriv = _command("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    if _works(setpriv):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        return setpriv
    raise SystemExit(
        "PostgreSQL refuses to run as root, and neither unshare nor setpriv can make "
        "another user of root here: start this as another user"
    )


def _command(program: str, *options: str) -> tuple[str, ...]:
    return (system_program(program), *options, "--")


def _works(before: Sequence[str]) -> bool:
    return works(*before, sys.executable, "-c", "import services.stack")
