"""How the wheels for Nix are locked without Nix."""

import json
from pathlib import Path

import lock_wheels
from download_wheels import MACHINES

LOCK = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:aaaa
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:bbbb \\
    --hash=sha256:cccc
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:dddd
flask==3.1.3 \\
    --hash=sha256:eeee
"""


def test_a_system_gets_its_own_requirements_whatever_python_asks() -> None:
    assert "".join(lock_wheels.applicable_requirements(LOCK, "aarch64-linux")) == (
        "numpy==2.5.5 \\\n    --hash=sha256:bbbb \\\n    --hash=sha256:cccc\n"
        "flask==3.1.3 \\\n    --hash=sha256:eeee\n"
    )


def test_a_folder_has_the_hash_that_nix_gives_it(tmp_path: Path) -> None:
    (tmp_path / "b.whl").write_bytes(b"hello")
    (tmp_path / "a.whl").write_bytes(b"")

    # What `nix hash path` says of it.
    assert lock_wheels.nar_hash(tmp_path) == "sha256-cgiAURIn2EyzMFl2mAPTqbY2PSKXIFB2DxcXavBZqT4="


def test_every_lock_is_hashed_for_every_system() -> None:
    hashes = json.loads((lock_wheels.NIX / "wheels.json").read_text("utf-8"))

    assert {lock: set(systems) for lock, systems in hashes.items()} == {
        "dev": set(MACHINES),
        "prod": set(MACHINES),
    }
