"""`download_wheels.py SYSTEM LOCK FOLDER` fetches the wheels of a lock for a system of Nix's."""

import subprocess
import sys
from pathlib import Path

PYTHON = "3.13"  # nixpkgs' python313, which the files beside this one name
ABIS = ("cp313", "abi3", "none")
MACHINES = {"aarch64-linux": "aarch64", "x86_64-linux": "x86_64"}
# nixpkgs' glibc is newer than any of these ask for.
GLIBCS = ("manylinux_2_28", "manylinux_2_24", "manylinux_2_17", "manylinux2014")


def download(system: str, lock: Path, folder: Path) -> None:
    """Fetch the wheel of every requirement; pip checks that each has one of its hashes."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--implementation=cp", f"--python-version={PYTHON}"]
    command += [f"--abi={abi}" for abi in ABIS]
    command += [f"--platform={glibc}_{MACHINES[system]}" for glibc in GLIBCS]
    subprocess.run([*command, f"--requirement={lock}", f"--dest={folder}"], check=True)


if __name__ == "__main__":
    download(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
