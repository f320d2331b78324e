"""Store uploaded files until they are imported: at most eight, for at most an hour.

All workers of a site on one machine share a folder. Behind a load balancer, a visitor whose
requests reach another machine must upload the file again.
"""

import os
import time
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from rentomatic_web.context import current
from rentomatic_web.middleware.folders import open_folder, private_folder

LIFETIME_SECONDS = 3600
MAX_FILES = 8


def remove_expired(secret_key: str) -> None:
    """Remove expired files of earlier runs, including runs with another secret key."""
    folder = private_folder("imports", secret_key)
    for old_folder in folder.parent.glob(f"rentomatic-imports-{os.getuid()}*"):
        with suppress(OSError):
            _remove_old(open_folder(old_folder))
            old_folder.rmdir()  # fails unless it is empty


def require_folder() -> None:
    """Raise ServiceUnavailable if files cannot be saved. Called before a file is received."""
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
    _remove_old(folder)
    return str(_serializer().dumps([name, owner]))


def opened(signed: str, owner: str) -> BinaryIO:
    """Open the file with that signed name, or raise BadRequest if the owner has no such file."""
    try:
        name, owned_by = _serializer().loads(signed, max_age=LIFETIME_SECONDS)
        if owned_by == owner:
            folder = _folder()
            return (folder / str(name)).open("rb")
    except (BadSignature, FileNotFoundError):
        pass
    raise BadRequest("The file is no longer on the server: upload it again")


def remove(signed: str) -> None:
    """Remove the file with that signed name, which `opened` has verified."""
    name, _owner = _serializer().loads(signed)
    (_folder() / str(name)).unlink(missing_ok=True)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="rentomatic-upload")


def _folder() -> Path:
    return open_folder(current().uploads)


def _remove_old(folder: Path) -> None:
    """Remove expired files, and the oldest files beyond MAX_FILES."""
    now = time.time()
    ages = ((now - _modified_at(file), file) for file in folder.iterdir())
    for index, (age, file) in enumerate(sorted(ages, key=itemgetter(0))):
        if index >= MAX_FILES or age > LIFETIME_SECONDS:
            file.unlink(missing_ok=True)


def _modified_at(file: Path) -> float:
    """Return the modification time; 0 if another process has removed the file."""
    with suppress(FileNotFoundError):
        return file.stat().st_mtime
    return 0.0
