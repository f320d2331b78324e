"""Creates and updates .venv from requirements/dev.txt and packages/, with the standard library."""

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

# Two lines: the Python of .venv, and the digest of its sources once the installation is complete.
STAMP = VENV / "rentomatic.stamp"

NIXOS = Path("/etc/NIXOS")
# Wheels of these contain ELF programs, which need a dynamic loader that NixOS does not have.
ELF_PROGRAMS = ("just", "ruff", "uv")


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (python3 on PATH may be older)
        sys.exit(f"just: needs Python 3.11 or newer, but python3 is {sys.version.split()[0]}")
    if _stamp() != [_interpreter(), _sources_digest()]:
        _update_locked()


def _stamp() -> list[str]:
    return STAMP.read_text("utf-8").splitlines() if STAMP.is_file() else []


def _interpreter() -> str:
    """Return the Python and the folder, either of which invalidates .venv if it changes."""
    return f"{os.path.realpath(sys.executable)} {sys.version.split()[0]} {ROOT}"


def _sources_digest() -> str:
    """Return a digest of the lock file and of the packages' metadata."""
    digest = hashlib.sha256()
    for path in (LOCK, *(package / "pyproject.toml" for package in PACKAGES)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _update_locked() -> None:
    """Update .venv, unless another process has done it while this one waited for the lock."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stamp() != [_interpreter(), _sources_digest()]:
            _build()


def _build() -> None:
    print("Installing dependencies into .venv", file=sys.stderr)
    if _stamp()[:1] != [_interpreter()]:
        shutil.rmtree(VENV, ignore_errors=True)
        _uv("venv", "--no-project", "--python", sys.executable, str(VENV))
    STAMP.write_text(_interpreter(), "utf-8")
    # Explicit, because UV_PYTHON of the shell would override .venv.
    into = ("--python", str(VENV))
    _uv("pip", "sync", *into, "--require-hashes", str(LOCK))
    editables = [part for package in PACKAGES for part in ("-e", str(package))]
    _uv("pip", "install", *into, "--no-deps", *editables)
    if NIXOS.exists():
        _link_elf_programs()
    STAMP.write_text(f"{_interpreter()}\n{_sources_digest()}", "utf-8")


def _link_elf_programs() -> None:
    """Replace programs that cannot start on NixOS with links to those on PATH."""
    for name in ELF_PROGRAMS:
        if program := shutil.which(name):
            (VENV / "bin" / name).unlink(missing_ok=True)
            (VENV / "bin" / name).symlink_to(program)


def _uv(*arguments: str) -> None:
    """Run uv without downloads of Python. If it fails, exit with its status."""
    environ = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    if not os.access(environ.get("HOME", ""), os.W_OK):
        environ.setdefault("UV_CACHE_DIR", str(ROOT / ".cache/uv"))
    status = subprocess.call(("uv", *arguments, "--quiet"), cwd=ROOT, env=environ)
    if status:
        sys.exit(status)


if __name__ == "__main__":
    main()
