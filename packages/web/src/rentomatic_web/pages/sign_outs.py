"""Sessions that have signed out: a cookie that was copied before does not work afterwards.

All processes of an installation on one machine share the records. Behind a load balancer, other
machines accept such a cookie until it expires or the token is revoked.
"""

import re
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app

from rentomatic_web.pages.folders import kept_folder, private_folder

ID = re.compile("[0-9a-f]{32}")


def init_app(app: Flask) -> None:
    """Choose the folder of the records, which have a file for each session."""
    app.config["SIGN_OUTS"] = private_folder(app, "sign-outs")


def record(session_id: str, lifetime: timedelta) -> None:
    """Record that the session has signed out, and remove records of expired sessions."""
    if not ID.fullmatch(session_id):
        return
    try:
        folder = kept_folder(current_app.config["SIGN_OUTS"])
        (folder / session_id).touch()
        _remove_older(folder, time.time() - lifetime.total_seconds())
    except OSError as error:
        current_app.logger.error("The sign-out cannot be recorded: %s", error)


def is_recorded(session_id: str) -> bool:
    """Return whether the session has signed out on this machine."""
    folder: Path = current_app.config["SIGN_OUTS"]
    return ID.fullmatch(session_id) is not None and (folder / session_id).exists()


def _remove_older(folder: Path, time_: float) -> None:
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # another process has removed it
            if file.stat().st_mtime < time_:
                file.unlink()
