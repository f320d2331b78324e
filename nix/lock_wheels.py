"""Writes wheels.json: what the wheels of every lock hash to on every system, found without Nix."""

import base64
import hashlib
import json
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from download_wheels import MACHINES, PYTHON, download
from packaging.requirements import Requirement

NIX = Path(__file__).parent
LOCKS = ("prod", "dev")


def main() -> None:
    hashes = {name: {system: _hash(name, system) for system in MACHINES} for name in LOCKS}
    (NIX / "wheels.json").write_text(json.dumps(hashes, indent=2) + "\n", "utf-8")


def _hash(name: str, system: str) -> str:
    lock = (NIX.parent / f"requirements/{name}.txt").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        requirements, wheels = Path(folder, "requirements.txt"), Path(folder, "wheels")
        requirements.write_text("".join(wanted(lock, system)), "utf-8")
        download(system, requirements, wheels)
        return nar_hash(wheels)


def wanted(lock: str, system: str) -> Iterator[str]:
    """Yield the lines of the requirements that a system has, and not for which systems they are.

    pip would decide that by the Python it runs on. A requirement's hashes are indented below it.
    """
    environment = {
        "implementation_name": "cpython",
        "platform_machine": MACHINES[system],
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{PYTHON}.0",
        "python_version": PYTHON,
        "sys_platform": "linux",
    }
    wants = False
    for line in lock.splitlines(keepends=True):
        if line.startswith(" "):
            if wants:
                yield line
            continue
        requirement = Requirement(line.rstrip("\\\n "))
        wants = not requirement.marker or requirement.marker.evaluate(environment)
        if wants:
            yield f"{requirement.name}{requirement.specifier} \\\n"


def nar_hash(folder: Path) -> str:
    """Return what `nix hash path` says of a folder of plain files."""
    digest = hashlib.sha256()
    for part in _archive(folder):
        digest.update(struct.pack("<Q", len(part)) + part + bytes(-len(part) % 8))
    return f"sha256-{base64.b64encode(digest.digest()).decode()}"


def _archive(folder: Path) -> Iterator[bytes]:
    """Yield the strings of a Nix archive (E. Dolstra: The Purely Functional Software …, 5.2.1)."""
    yield from (b"nix-archive-1", b"(", b"type", b"directory")
    for file in sorted(folder.iterdir()):
        yield from (b"entry", b"(", b"name", file.name.encode(), b"node")
        yield from (b"(", b"type", b"regular", b"contents", file.read_bytes(), b")", b")")
    yield b")"


if __name__ == "__main__":
    main()
