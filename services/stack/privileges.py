"""The stack does not run as root: PostgreSQL refuses to, and nothing else needs root's rights."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rentomatic.settings.file import SECRETS, merge
from services.stack.programs import system_program, works

NOBODY = 65534
# Is set where the programs keep root's rights to files.
STILL_ROOT = "STACK_STILL_ROOT"
WARNING = (
    "Started as root, and the user nobody cannot read this checkout and its Python: the programs"
    " of the stack keep root's rights to files"
)


def drop(folder: Path, arguments: Sequence[str]) -> None:
    """Continue as a user whom PostgreSQL accepts, and who owns the folder.

    Secrets in files are read before, because they may be for root alone.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = prefix(folder)
    if before:
        secrets = merge(os.environ)
        os.environ.update({name: secrets[name] for name in SECRETS if name in secrets})
        os.environ[STILL_ROOT] = "yes" if "unshare" in before[0] else ""
        os.execv(before[0], (*before, sys.executable, "-m", "services.stack", *arguments))


def prefix(folder: Path) -> tuple[str, ...]:
    """Return the start of a command that runs another one as a user whom PostgreSQL accepts.

    It is empty unless this is root. The folder, and everything in it, is given to that user.
    """
    if os.geteuid() != 0:
        return ()
    setpriv = _command("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    if _works(setpriv):
        _give(folder)
        return setpriv
    # A user namespace changes the name of root, and not its rights to files.
    unshare = _command("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    if _works(unshare):
        return unshare
    raise SystemExit(
        "PostgreSQL refuses to run as root, and neither setpriv nor unshare can make "
        "another user of root here: start this as another user"
    )


def _give(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.lstat().st_uid != NOBODY:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def _command(program: str, *options: str) -> tuple[str, ...]:
    return (system_program(program), *options, "--")


def _works(before: Sequence[str]) -> bool:
    # By way of a shell: setpriv itself still has root's rights when it executes its command.
    start = ("/bin/sh", "-c", 'exec "$0" -c "import services.stack"', sys.executable)
    return works(*before, *start)
