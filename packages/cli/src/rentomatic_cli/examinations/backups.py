"""Whether there are backups, new ones, that nobody else reads."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

from rentomatic.findings import Finding, Findings, error, ok, warning
from rentomatic.repository import scheme
from rentomatic.repository_url import mask
from rentomatic.settings import Settings

SUBJECT = "backups"
TOO_OLD = timedelta(days=2)
MAKE_ONE = "./just rentomatic backup, and let a timer run it every day"


def examine(settings: Settings) -> Findings:
    """Yield what is found in the folder of backups, which are PostgreSQL's."""
    if not scheme(settings.owner).startswith("postgres"):
        return
    folder = Path(settings.backups)
    if not folder.is_dir():
        yield warning(SUBJECT, f"There is no folder {folder}, and so no backup", MAKE_ONE)
        return
    yield _folder(folder)
    yield _newest(folder, _database(settings.owner))


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
    made = max(_times(folder, database), default=None)
    if made is None:
        return warning(SUBJECT, f"{folder} has no backup of {database}", MAKE_ONE)
    age = datetime.now(UTC) - made
    message = f"The newest of {database} is {age // timedelta(hours=1)} hours old"
    return warning(SUBJECT, message, MAKE_ONE) if age > TOO_OLD else ok(SUBJECT, message)


def _times(folder: Path, database: str) -> Iterator[datetime]:
    """Yield when each backup of the database was made: its name says so."""
    pattern = re.compile(rf"{re.escape(database)}-(\d{{8}}T\d{{6}})Z-\w+\.dump")
    for found in filter(None, (pattern.fullmatch(path.name) for path in folder.iterdir())):
        with suppress(ValueError):  # a name with a 13th month is no backup's
            yield datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _database(url: str) -> str:
    """Return the database that a URL names."""
    rest = mask(url).partition("://")[2].partition("?")[0]
    return unquote(rest.partition("/")[2])
