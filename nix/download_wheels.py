"""`download_wheels.py SYSTEM LOCK FOLDER` downloads the wheels of a lock file for a Nix system."""

import subprocess
import sys
from pathlib import Path

PYTHON = "3.13"  # as python313 in the Nix files
ABIS = ("cp313", "abi3", "none")
MACHINES = {"aarch64-linux": "aarch64", "x86_64-linux": "x86_64"}
# The glibc of nixpkgs is newer than all of these.
GLIBCS = ("manylinux_2_28", "manylinux_2_24", "manylinux_2_17", "manylinux2014")


def download(system: str, lock: Path, folder: Path) -> None:
    """Download one wheel for each requirement; pip checks the hashes."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--implementation=cp", f"--python-version={PYTHON}"]
    command += [f"--abi={abi}" for abi in ABIS]
    command += [f"--platform={glibc}_{MACHINES[system]}" for glibc in GLIBCS]
    subprocess.run([*command, f"--requirement={lock}", f"--dest={folder}"], check=True)


if __name__ == "__main__":
    download(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
