"""Uploaded files until they are imported: at most eight, for at most an hour.

All processes of an installation on one machine share a folder. Behind a load balancer, a visitor
whose requests reach another machine must upload the file again.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from rentomatic_web.context import current
from rentomatic_web.middleware.folders import open_folder, private_folder

LIFETIME = 3600  # seconds
MAX_FILES = 8
GONE = "The file is no longer stored: choose it again"


def remove_expired(secret_key: str) -> None:
    """Remove expired files of former runs, also of runs with another secret key."""
    folder = private_folder("imports", secret_key)
    for left in folder.parent.glob(f"rentomatic-imports-{os.getuid()}*"):
        with suppress(OSError):
            _tidy(open_folder(left))
            left.rmdir()  # if it is empty


def require_folder() -> None:
    """Raise ServiceUnavailable if files cannot be saved, before one is received."""
    folder = current().uploads
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    if not os.access(folder, os.W_OK):
        current_app.logger.error("Uploads cannot be saved in %s", folder)
        raise ServiceUnavailable("This server cannot save uploaded files right now")


def save(file: FileStorage, owner: str) -> str:
    """Save a file of an owner, remove the oldest ones, and return its signed name."""
    folder = _folder()
    name = token_hex(16)
    file.save(folder / name)
    _tidy(folder)
    return str(_serializer().dumps([name, owner]))


def opened(signed: str, owner: str) -> BinaryIO:
    """Open the file with that signed name, or raise BadRequest if the owner has no such file."""
    try:
        name, owned_by = _serializer().loads(signed, max_age=LIFETIME)
        if owned_by == owner:
            folder = _folder()
            return (folder / str(name)).open("rb")
    except (BadSignature, FileNotFoundError):
        pass
    raise BadRequest(GONE)


def remove(signed: str) -> None:
    """Remove the file with that signed name, which `opened` has verified."""
    name, _owner = _serializer().loads(signed)
    (_folder() / str(name)).unlink(missing_ok=True)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="rentomatic-upload")


def _folder() -> Path:
    return open_folder(current().uploads)


def _tidy(folder: Path) -> None:
    """Remove expired files, and the oldest if there are too many."""
    now = time.time()
    aged = sorted(((now - _changed(each), each) for each in folder.iterdir()), key=lambda a: a[0])
    for index, (age, each) in enumerate(aged):
        if index >= MAX_FILES or age > LIFETIME:
            each.unlink(missing_ok=True)


def _changed(file: Path) -> float:
    """Return when a file was written; 0 if another process has removed it."""
    with suppress(FileNotFoundError):
        return file.stat().st_mtime
    return 0.0
