"""Writes wheels.json, the Nix hash of the wheels of each lock file and system, without Nix."""

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
        requirements.write_text("".join(applicable_requirements(lock, system)), "utf-8")
        download(system, requirements, wheels)
        return nar_hash(wheels)


def applicable_requirements(lock: str, system: str) -> Iterator[str]:
    """Yield the requirements of a lock file that apply to a system, without their markers.

    Markers are evaluated here, since pip would evaluate them for the Python that it runs on.
    Indented lines are the hashes of the requirement above them.
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
    applies = False
    for line in lock.splitlines(keepends=True):
        if line.startswith(" "):
            if applies:
                yield line
            continue
        requirement = Requirement(line.rstrip("\\\n "))
        applies = not requirement.marker or requirement.marker.evaluate(environment)
        if applies:
            yield f"{requirement.name}{requirement.specifier} \\\n"


def nar_hash(folder: Path) -> str:
    """Return the hash that `nix hash path` prints for a folder of plain files."""
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
