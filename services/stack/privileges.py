"""Drops root's privileges: PostgreSQL refuses to run as root, and no other program needs it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rentomatic.settings.file import SECRETS, merge
from services.stack.programs import system_program, works

NOBODY = 65534
# Set to "yes" if the programs keep root's rights to files.
STILL_ROOT = "STACK_STILL_ROOT"
WARNING = (
    "Started as root, and the user nobody cannot read this checkout and its Python: the programs"
    " of the stack keep root's rights to files"
)


def drop(folder: Path, arguments: Sequence[str]) -> None:
    """If this is root, restart `services.stack` as an unprivileged user with access to the folder.

    Secrets in files are read before, because only root may be able to read them.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if command := prefix(folder):
        values = merge(os.environ)
        secrets = {name: values[name] for name in SECRETS if name in values}
        still_root = {STILL_ROOT: "yes" if "unshare" in command[0] else ""}
        command = (*command, sys.executable, "-m", "services.stack", *arguments)
        os.execve(command[0], command, os.environ | secrets | still_root)


def prefix(folder: Path) -> tuple[str, ...]:
    """Return the start of a command that runs another one as an unprivileged user.

    It is empty unless this is root. A user with another id becomes the owner of the folder.
    """
    if os.geteuid() != 0:
        return ()
    setpriv = _command("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    if _can_run_stack(setpriv):
        _change_owner(folder)
        return setpriv
    # A user namespace changes the user id that PostgreSQL sees, but not the rights to files.
    unshare = _command("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    if _can_run_stack(unshare):
        return unshare
    raise SystemExit(
        "PostgreSQL refuses to run as root, and neither setpriv nor unshare can change the user"
        " here: start the stack as another user"
    )


def _change_owner(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.lstat().st_uid != NOBODY:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def _command(program: str, *options: str) -> tuple[str, ...]:
    return (system_program(program), *options, "--")


def _can_run_stack(command: Sequence[str]) -> bool:
    # setpriv executes its command with root's capabilities; only a second execve drops them.
    python = ("/bin/sh", "-c", 'exec "$0" -c "import services.stack"', sys.executable)
    return works(*command, *python)
