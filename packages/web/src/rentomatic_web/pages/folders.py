"""Folders for temporary files, which the processes of an installation share on one machine."""

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from flask import Flask


def private_folder(app: Flask, purpose: str) -> Path:
    """Return the folder of this user and this installation, which its secret key identifies."""
    key = sha256(str(app.secret_key).encode()).hexdigest()[:16]
    return _temporary_folder() / f"rentomatic-{purpose}-{os.getuid()}-{key}"


def kept_folder(folder: Path) -> Path:
    """Return the folder, which is made if it is missing.

    Raises OSError if it cannot be made, and PermissionError if it is not this user's alone.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{folder} is not ours alone")
    return folder


def _temporary_folder() -> Path:
    """Return the folder for temporary files, or one that cannot exist if none is writable."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path(os.devnull)
