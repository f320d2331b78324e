"""Files between their preview and their import: few, for an hour, each known by a signed name.

They are in a folder that all processes of a machine share, and no two machines do: whoever is
sent to another machine in between has to choose the file again.
"""

import os
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from flask import Flask, current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, ServiceUnavailable

LIFETIME = 3600  # seconds
MOST = 8
GONE = "The file is not here any more: choose it again"


def init_app(app: Flask) -> None:
    """Keep files where temporary ones are; every user of the machine has a folder of his own."""
    app.config["UPLOADS"] = _temporary_folder() / f"rentomatic-imports-{os.getuid()}"


def require_folder() -> None:
    """Raise ServiceUnavailable if files cannot be kept, before one is received."""
    folder: Path = current_app.config["UPLOADS"]
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    if not os.access(folder, os.W_OK):
        current_app.logger.error("Uploads cannot be kept in %s", folder)
        raise ServiceUnavailable("This server cannot keep uploaded files right now")


def keep(file: FileStorage, owner: str) -> str:
    """Keep a file for its owner, the oldest ones no longer, and return its name."""
    folder = _folder()
    name = token_hex(16)
    file.save(folder / name)
    _tidy(folder)
    return str(_serializer().dumps([name, owner]))


def opened(signed: str, owner: str) -> BinaryIO:
    """Return the file by that name, to be closed, or raise BadRequest when it is gone."""
    try:
        name, owned_by = _serializer().loads(signed, max_age=LIFETIME)
        if owned_by == owner:
            folder = _folder()
            return (folder / str(name)).open("rb")
    except (BadSignature, FileNotFoundError):
        pass
    raise BadRequest(GONE)


def _temporary_folder() -> Path:
    """Return the folder for temporary files, or one that cannot exist where none is writable."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path(os.devnull)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="rentomatic-upload")


def _folder() -> Path:
    """Return the folder, which only this user may enter; one of somebody else's is refused."""
    folder: Path = current_app.config["UPLOADS"]
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{folder} is not ours alone")
    return folder


def _tidy(folder: Path) -> None:
    """Remove what is too old, and of the others the oldest that are too many."""
    now = time.time()
    aged = sorted(((now - _changed(each), each) for each in folder.iterdir()), key=lambda a: a[0])
    for index, (age, each) in enumerate(aged):
        if index >= MOST or age > LIFETIME:
            each.unlink(missing_ok=True)


def _changed(file: Path) -> float:
    """Return when a file was written; one that another process has removed was long ago."""
    with suppress(FileNotFoundError):
        return file.stat().st_mtime
    return 0.0
