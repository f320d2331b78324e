"""Check of the folder of photos."""

import os
from pathlib import Path

from rentomatic.checks import Results, error, ok
from rentomatic.settings.settings import Settings

SUBJECT = "photos"


def check(settings: Settings) -> Results:
    """Check whether photos can be saved; the first upload creates a missing folder."""
    if not settings.photo_folder:
        return
    folder = Path(settings.photo_folder)
    if os.access(folder if folder.exists() else folder.parent, os.W_OK | os.X_OK):
        yield ok(SUBJECT, f"{folder} is writable")
    else:
        remedy = "create it, owned by the user of gunicorn, or change RENTOMATIC_PHOTO_FOLDER"
        yield error(SUBJECT, f"{folder} is not writable", remedy)
