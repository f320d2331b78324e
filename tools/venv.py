"""Makes .venv what requirements/dev.txt and packages/ say; python3 runs this file by itself."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements/dev.txt"
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))

# Two lines: the Python that .venv was made for, and, once it is complete, what it was made from.
STAMP = VENV / "rentomatic.stamp"

NIXOS = Path("/etc/NIXOS")
# What wheels bring that is no Python: for a loader that NixOS does not have.
FOREIGN = ("just", "ruff", "uv")


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (of whatever python3 is on PATH)
        sys.exit(f"just: needs Python 3.11 or newer, and python3 is {sys.version.split()[0]}")
    if _stamp() != [_interpreter(), _contents()]:
        _renew()


def _stamp() -> list[str]:
    return STAMP.read_text("utf-8").splitlines() if STAMP.is_file() else []


def _interpreter() -> str:
    """Name what a .venv is bound to: its Python, and the place where it lies."""
    return f"{os.path.realpath(sys.executable)} {sys.version.split()[0]} {ROOT}"


def _contents() -> str:
    """Digest what a .venv is made from."""
    digest = hashlib.sha256()
    for path in (LOCK, *(package / "pyproject.toml" for package in PACKAGES)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _renew() -> None:
    """Bring .venv up to date, or find that another process has done it meanwhile."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stamp() != [_interpreter(), _contents()]:
            _build()


def _build() -> None:
    print("Installing what the project needs into .venv", file=sys.stderr)
    if _stamp()[:1] != [_interpreter()]:
        shutil.rmtree(VENV, ignore_errors=True)
        _uv("venv", "--no-project", "--python", sys.executable, str(VENV))
    STAMP.write_text(_interpreter(), "utf-8")
    # Named, since a UV_PYTHON of the shell would win over the environment.
    into = ("--python", str(VENV))
    _uv("pip", "sync", *into, "--require-hashes", str(LOCK))
    editables = [part for package in PACKAGES for part in ("-e", str(package))]
    _uv("pip", "install", *into, "--no-deps", *editables)
    if NIXOS.exists():
        _link_foreign_programs()
    STAMP.write_text(f"{_interpreter()}\n{_contents()}", "utf-8")


def _link_foreign_programs() -> None:
    """Put PATH's programs, which nixpkgs has built, in the place of those that do not start."""
    for name in FOREIGN:
        if program := shutil.which(name):
            (VENV / "bin" / name).unlink(missing_ok=True)
            (VENV / "bin" / name).symlink_to(program)


def _uv(*arguments: str) -> None:
    """Run uv, which fetches no Python; end with its status when it fails."""
    environ = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    if not os.access(environ.get("HOME", ""), os.W_OK):
        environ.setdefault("UV_CACHE_DIR", str(ROOT / ".cache/uv"))
    status = subprocess.call(("uv", *arguments, "--quiet"), cwd=ROOT, env=environ)
    if status:
        sys.exit(status)


if __name__ == "__main__":
    main()
