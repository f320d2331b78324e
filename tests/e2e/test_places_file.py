"""The file of places, built again."""

import subprocess
import sys
from pathlib import Path

import pytest

from rentomatic_places.database import PATH
from tests.programs import find

pytestmark = [pytest.mark.integration, pytest.mark.registry, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


def test_the_file_follows_from_the_locked_packages(tmp_path: Path) -> None:
    """Byte for byte, with any version of Python and SQLite."""
    python = tmp_path / "venv/bin/python"
    built = tmp_path / "places.sqlite"

    uv("venv", "--python", sys.executable, tmp_path / "venv")
    uv("pip", "sync", "--python", python, "--require-hashes", "requirements/places.txt")
    packages = ("packages/core", "packages/places")
    uv("pip", "install", "--python", python, "--no-deps", *packages)
    subprocess.run((python, "-m", "tools.places", built), cwd=ROOT, check=True)

    assert built.read_bytes() == PATH.read_bytes()


def uv(*arguments: str | Path) -> None:
    options = ("--quiet", "--no-config", "--no-progress", "--system-certs")
    subprocess.run((find("uv"), *arguments, *options), cwd=ROOT, check=True)
