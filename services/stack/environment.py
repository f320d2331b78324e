"""Settings of the stack, and the environment variables of its programs."""

import os
import sys
from pathlib import Path
from secrets import token_urlsafe

from rentomatic.settings.file import merge
from rentomatic.settings.settings import Settings, load
from services.stack.database import PORT, is_embedded
from services.stack.state import ROOT, State

KEY_BYTES = 48
METRICS_BIND = "127.0.0.1:9464"

# Settings whose paths are relative to the checkout, and that single commands read, too.
PATHS = (
    "APPLICATION_CONFIG_PATH",
    "APPLICATION_PASSWORD_FILE",
    "POSTGRES_PASSWORD_FILE",
    "RENTOMATIC_CERTIFICATE",
    "RENTOMATIC_CERTIFICATE_KEY",
    "RENTOMATIC_POSITIONS_KEY_FILE",
    "RENTOMATIC_SECRET_KEY_FILE",
)


def load_settings(state: State) -> Settings:
    """Return the settings of this process. Raises InvalidRequest for missing or wrong values."""
    return load(os.environ, embedded=state.run)


def photo_folder(settings: Settings, state: State) -> Path:
    return (ROOT / (settings.photo_folder or state.photos)).resolve()


def metrics_bind() -> str:
    return os.environ.get("RENTOMATIC_METRICS_BIND") or METRICS_BIND


def environment(
    settings: Settings, state: State, programs: Path | None, *, serving: bool = False
) -> dict[str, str]:
    """Return all variables that programs of the stack get in addition to os.environ.

    `programs` is the folder of PostgreSQL's programs. `serving` adds the variables of gunicorn.
    """
    programs = programs and ROOT / programs
    path = (Path(sys.executable).parent, os.environ.get("PATH", os.defpath), programs)
    variables = {
        "PATH": os.pathsep.join(str(folder) for folder in path if folder),
        # Commands run in other directories, and the settings are relative to the checkout.
        "RENTOMATIC_BACKUPS": str((ROOT / settings.backups).resolve()),
        "RENTOMATIC_PHOTO_FOLDER": str(photo_folder(settings, state)),
    }
    if is_embedded(settings, state):
        variables |= {
            "APPLICATION_USER": settings.application_user,
            "PGPORT": PORT,
            "RENTOMATIC_REPOSITORY": settings.owner,
        }
    if not serving:  # gunicorn runs in the checkout, and a reload must read new paths in the file
        values = merge(os.environ)
        variables |= {name: str(ROOT / values[name]) for name in PATHS if name in values}
    if serving:
        variables |= {
            "RENTOMATIC_DRAIN_FILE": str(ROOT / (settings.drain_file or state.drain_file)),
            "RENTOMATIC_GUNICORN_BIND": f"unix:{state.gunicorn_socket}",
            "RENTOMATIC_METRICS_BIND": metrics_bind(),
            "STACK_WORKERS": str(state.workers),
        }
    if serving and not settings.secret_key:
        variables["RENTOMATIC_SECRET_KEY_FILE"] = str(_secret_key_file(state))
    return variables


def _secret_key_file(state: State) -> Path:
    """Return the file of the secret key; generate the key first if the file is missing."""
    file = state.secret_key
    # An interrupted start can leave an empty file.
    if not file.exists() or not file.read_text("utf-8").strip():
        unfinished = file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(0o600)
        unfinished.write_text(token_urlsafe(KEY_BYTES), "utf-8")
        unfinished.replace(file)
    return file
