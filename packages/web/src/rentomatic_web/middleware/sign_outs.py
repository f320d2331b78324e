"""Sessions that were signed out, so that copies of their cookies are refused.

All processes of an installation on one machine share the records. Behind a load balancer, other
machines accept a copied cookie until it expires or the token is revoked.
"""

import re
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import current_app

from rentomatic_web.context import current
from rentomatic_web.middleware.folders import open_folder

ID = re.compile("[0-9a-f]{32}")


def record(session_id: str, lifetime: timedelta) -> None:
    """Record that the session was signed out, and remove records of expired sessions."""
    if not ID.fullmatch(session_id):
        return
    try:
        folder = open_folder(current().sign_outs)
        (folder / session_id).touch()
        _remove_older(folder, time.time() - lifetime.total_seconds())
    except OSError as error:
        current_app.logger.error("The sign-out cannot be recorded: %s", error)


def is_recorded(session_id: str) -> bool:
    """Return whether the session was signed out on this machine."""
    return ID.fullmatch(session_id) is not None and (current().sign_outs / session_id).exists()


def _remove_older(folder: Path, time_: float) -> None:
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # another process has removed it
            if file.stat().st_mtime < time_:
                file.unlink()
