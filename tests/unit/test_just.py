"""The wrapper `./just` on a machine without just and uv."""

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Records how pip would be called, and fails as pip does.
PYTHON = """#!/bin/sh
[ "$3" = --version ] && exit
echo "$@" >{folder}/arguments
cat >{folder}/requirements
exit 1
"""
NEEDED = ("cat", "cksum", "dirname", "mkdir", "mktemp", "readlink", "rm", "sed", "tr")


def test_just_and_uv_are_installed_by_their_hashes(tmp_path: Path) -> None:
    checkout, programs = tmp_path / "checkout", tmp_path / "bin"
    for folder in (checkout / "requirements", programs):
        folder.mkdir(parents=True)
    for name in ("just", "requirements/dev.txt"):
        shutil.copy(ROOT / name, checkout / name)
    for name in NEEDED:
        (programs / name).symlink_to(str(shutil.which(name)))
    python = programs / "python3"
    python.write_text(PYTHON.format(folder=tmp_path), "utf-8")
    python.chmod(0o755)

    command = ("/bin/sh", checkout / "just", "--list")
    result = subprocess.run(command, env={"PATH": str(programs)}, capture_output=True, check=False)

    assert result.returncode == 1, result.stderr
    assert "--require-hashes" in (tmp_path / "arguments").read_text("utf-8").split()
    requirements = (tmp_path / "requirements").read_text("utf-8")
    names = re.findall(r"^(\S+)==[\d.]+ \\$", requirements, re.MULTILINE)
    hashes = re.findall(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$", requirements, re.MULTILINE)
    assert names == ["rust-just", "uv"]
    assert len(requirements.splitlines()) == len(names) + len(hashes)
    assert list((checkout / ".cache").iterdir()) == []
