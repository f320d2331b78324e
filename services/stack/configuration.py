"""The operator's settings, and what they mean for the programs that are started."""

import os
import sys
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import quote

from rentomatic.repository.connect import scheme
from rentomatic.settings import settings
from rentomatic.settings.settings import Settings
from services.stack.database import PORT
from services.stack.state import ROOT, State

KEY_BYTES = 48


def load(state: State) -> Settings:
    """Return the settings, or raise InvalidRequest that names each that is wrong."""
    return settings.load(os.environ, embedded=state.run)


def is_embedded(chosen: Settings, state: State) -> bool:
    """Say whether the rooms are in the database that the state keeps."""
    return chosen.owner.endswith(f"?host={quote(str(state.run), safe='')}")


def is_postgresql(chosen: Settings) -> bool:
    return scheme(chosen.repository) in ("postgres", "postgresql")


def listen(state: State) -> None:
    """Let gunicorn listen where Nginx looks for it, and where its metrics are read."""
    metrics = os.environ.get("RENTOMATIC_METRICS_BIND") or f"unix:{state.metrics}"
    os.environ.update(
        RENTOMATIC_GUNICORN_BIND=f"unix:{state.gunicorn}", RENTOMATIC_METRICS_BIND=metrics
    )


def keep_secret_key(chosen: Settings, state: State) -> None:
    """Let every program, now and after a restart, sign by one key that nobody else can read."""
    if chosen.secret_key:
        return
    file = state.secret_key
    if not file.exists() or not file.read_text("utf-8").strip():  # of an interrupted start
        unfinished = file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(0o600)
        unfinished.write_text(token_urlsafe(KEY_BYTES), "utf-8")
        unfinished.replace(file)
    os.environ["RENTOMATIC_SECRET_KEY_FILE"] = str(file)


def apply(chosen: Settings, state: State, programs: Path | None) -> None:
    """Let every program started from here find the others, PostgreSQL's too, and the rooms."""
    path = [Path(sys.executable).parent, os.environ.get("PATH", os.defpath), programs]
    os.environ["PATH"] = os.pathsep.join(str(folder) for folder in path if folder)
    os.environ["RENTOMATIC_BACKUPS"] = str((ROOT / chosen.backups).resolve())
    if is_embedded(chosen, state):
        user = chosen.application_user
        os.environ.update(RENTOMATIC_REPOSITORY=chosen.owner, APPLICATION_USER=user, PGPORT=PORT)
