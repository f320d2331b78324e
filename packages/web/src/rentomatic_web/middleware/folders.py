"""Folders for temporary files, which the processes of an installation share on one machine."""

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path


def private_folder(purpose: str, secret_key: str) -> Path:
    """Return the folder of this user and of the installation with that key."""
    key = sha256(str(secret_key or None).encode()).hexdigest()[:16]
    return _temporary_folder() / f"rentomatic-{purpose}-{os.getuid()}-{key}"


def open_folder(folder: Path) -> Path:
    """Return the folder, and create it if it is missing.

    Raises OSError if it cannot be created, and PermissionError if others can use it.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{folder} is not private")
    return folder


def _temporary_folder() -> Path:
    # Without a writable folder, a path that cannot exist: uploads then get 503.
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path(os.devnull)
