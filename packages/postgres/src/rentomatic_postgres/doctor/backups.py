"""Check of the backups: recent, and readable by their owner only."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rentomatic.checks import Result, Results, error, ok, warning
from rentomatic.repository.connect import scheme
from rentomatic.settings.settings import Settings
from rentomatic_postgres.backup.files import backups_of
from rentomatic_postgres.connections import parse_url

SUBJECT = "backups"
MAX_AGE = timedelta(days=2)
REMEDY = "rentomatic backup, and run it daily by a timer"


def check(settings: Settings) -> Results:
    """Check the folder of backups, and the newest backup of this database."""
    if not scheme(settings.owner).startswith("postgres"):
        return
    folder = Path(settings.backups)
    if not folder.is_dir():
        yield warning(SUBJECT, f"The folder {folder} does not exist: there are no backups", REMEDY)
        return
    yield _check_folder(folder)
    yield _check_newest(folder, str(parse_url(settings.owner).database))


def _check_folder(folder: Path) -> Result:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not os.access(folder, os.W_OK | os.X_OK):
        remedy = "chown it to the user who makes backups, or change RENTOMATIC_BACKUPS"
        return error(SUBJECT, f"{folder} is not writable", remedy)
    if mode & 0o077:
        message = f"Other users can read {folder} (mode {mode:o}): backups contain all data"
        return warning(SUBJECT, message, f"chmod 700 {folder}")
    return ok(SUBJECT, f"{folder} is writable, and private")


def _check_newest(folder: Path, database: str) -> Result:
    backups = backups_of(folder, database)
    if not backups:
        return warning(SUBJECT, f"{folder} has no backup of {database}", REMEDY)
    age = datetime.now(UTC) - backups[0].created
    message = f"The newest backup of {database} is {age // timedelta(hours=1)} hours old"
    return warning(SUBJECT, message, REMEDY) if age > MAX_AGE else ok(SUBJECT, message)
