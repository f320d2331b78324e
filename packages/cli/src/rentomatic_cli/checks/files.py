"""Checks of the permissions of files that contain secrets."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from rentomatic.checks import Results, error, guarded, ok, warning
from rentomatic.settings.file import SECRETS, config_path, read_file
from rentomatic.settings.settings import Settings
from rentomatic.settings.urls import mask

SUBJECT = "files"


def check(settings: Settings) -> Results:
    for name, path in _secret_files(settings):
        yield from guarded(SUBJECT, _check_permissions(path, name))


def _secret_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the files that contain secrets, each with the setting that names it."""
    file = read_file(os.environ)
    given = file | {name: value for name, value in os.environ.items() if value}
    if any(name in file for name in SECRETS) or _has_password(file):
        yield "APPLICATION_CONFIG", config_path(os.environ)
    for name in SECRETS:
        if name not in given and f"{name}_FILE" in given:
            yield f"{name}_FILE", Path(given[f"{name}_FILE"])
    if settings.certificate_key:
        yield "RENTOMATIC_CERTIFICATE_KEY", Path(settings.certificate_key)


def _has_password(file: dict[str, str]) -> bool:
    url = file.get("RENTOMATIC_REPOSITORY", "")
    return mask(url) != url


def _check_permissions(path: Path, name: str) -> Results:
    mode = stat.S_IMODE(path.stat().st_mode)
    message, remedy = f"{path} ({name}) can be read by", f"chmod 600 {path}"
    if str(path.parent) == os.environ.get("CREDENTIALS_DIRECTORY"):
        # systemd sets the mode of credentials; their group is root.
        yield ok(SUBJECT, f"{message} its systemd unit only")
    elif mode & stat.S_IROTH:
        yield error(SUBJECT, f"{message} all users ({mode:o})", remedy)
    elif mode & stat.S_IRGRP:
        yield warning(SUBJECT, f"{message} its group ({mode:o})", remedy)
    else:
        yield ok(SUBJECT, f"{message} its owner only")
