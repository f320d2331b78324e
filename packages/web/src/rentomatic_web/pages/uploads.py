"""Files between their upload and their import: at most eight, for at most an hour.

All processes of an installation on one machine share a folder. Behind a load balancer, a visitor
whose requests reach another machine has to upload the file again.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from flask import Flask, current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from rentomatic_web.pages.folders import kept_folder, private_folder

LIFETIME = 3600  # seconds
MOST = 8
GONE = "The file is not here any more: choose it again"


def init_app(app: Flask) -> None:
    """Choose the folder, and remove expired files of former runs, also those with another key."""
    app.config["UPLOADS"] = folder = private_folder(app, "imports")
    for left in folder.parent.glob(f"rentomatic-imports-{os.getuid()}*"):
        with suppress(OSError):
            _tidy(kept_folder(left))
            left.rmdir()  # where nothing is left in it


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


def remove(signed: str) -> None:
    """Remove the file by that name, which `opened` has accepted."""
    name, _owner = _serializer().loads(signed)
    (_folder() / str(name)).unlink(missing_ok=True)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="rentomatic-upload")


def _folder() -> Path:
    return kept_folder(current_app.config["UPLOADS"])


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
