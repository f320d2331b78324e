"""Whether there are backups, new ones, that nobody else reads."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rentomatic.checks import Finding, Findings, error, ok, warning
from rentomatic.repository.connect import scheme
from rentomatic.settings.settings import Settings
from rentomatic_postgres.backup.files import backups_of
from rentomatic_postgres.connections import parse_url

SUBJECT = "backups"
TOO_OLD = timedelta(days=2)
MAKE_ONE = "rentomatic backup, and let a timer run it every day"


def examine(settings: Settings) -> Findings:
    """Yield what is found in the folder of backups, where the rooms are PostgreSQL's."""
    if not scheme(settings.owner).startswith("postgres"):
        return
    folder = Path(settings.backups)
    if not folder.is_dir():
        yield warning(SUBJECT, f"There is no folder {folder}, and so no backup", MAKE_ONE)
        return
    yield _folder(folder)
    yield _newest(folder, str(parse_url(settings.owner).database))


def _folder(folder: Path) -> Finding:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not os.access(folder, os.W_OK | os.X_OK):
        remedy = "chown it to who makes backups, or name another in RENTOMATIC_BACKUPS"
        return error(SUBJECT, f"{folder} cannot be written", remedy)
    if mode & 0o077:
        message = f"Others can look into {folder} ({mode:o}), where all rooms and tokens are"
        return warning(SUBJECT, message, f"chmod 700 {folder}")
    return ok(SUBJECT, f"{folder} can be written, and by nobody else")


def _newest(folder: Path, database: str) -> Finding:
    found = backups_of(folder, database)
    if not found:
        return warning(SUBJECT, f"{folder} has no backup of {database}", MAKE_ONE)
    age = datetime.now(UTC) - found[0].made
    message = f"The newest of {database} is {age // timedelta(hours=1)} hours old"
    return warning(SUBJECT, message, MAKE_ONE) if age > TOO_OLD else ok(SUBJECT, message)
