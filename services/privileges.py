"""PostgreSQL refuses to run as root: how to be someone else."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NOBODY = 65534

# Root's files stay within reach of a user namespace in which root is called nobody …
UNSHARE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
# … and where the machine allows none, a real nobody has to be given what it needs.
SETPRIV = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")


def prefix() -> tuple[str, ...]:
    """Return what to put before a command for PostgreSQL to run under it: nothing, unless root."""
    if os.geteuid() != 0:
        return ()
    for candidate in (UNSHARE, SETPRIV):
        if _succeeds((*candidate, sys.executable, "-c", "import services")):
            return candidate
    raise SystemExit(
        "PostgreSQL refuses to run as root, and neither unshare nor setpriv can make "
        "another user of root here: start this as another user"
    )


def drop(folder: Path, arguments: Sequence[str]) -> None:
    """Go on as someone whom PostgreSQL accepts, and who owns the folder."""
    before = prefix()
    if before:
        folder.mkdir(parents=True, exist_ok=True)
        if before == SETPRIV:
            _give_away(folder)
        os.execvp(before[0], (*before, sys.executable, "-m", "services", *arguments))


def _give_away(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def _succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
