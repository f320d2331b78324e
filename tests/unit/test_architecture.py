"""Rules about the code itself that no other tool keeps."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "packages" / "core" / "src"
MODULES = sorted(path.stem for path in (CORE / "rentomatic").glob("[!_]*.py"))
FOLDERS = ("packages", "services", "tests")

IMPORT = """
import importlib, sys
sys.path[:0] = sys.argv[1:3]
for name in sys.argv[3:]:
    importlib.import_module(f"rentomatic.{name}")
"""


def test_the_core_imports_with_nothing_else_installed(tmp_path: Path) -> None:
    installed = tmp_path / "rentomatic_core-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: rentomatic-core\nVersion: 0")

    # Isolated and without site-packages: only the standard library and the given path.
    python = [sys.executable, "-I", "-S", "-W", "error", "-c", IMPORT]
    subprocess.run([*python, CORE, tmp_path, *MODULES], check=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_ever_mocked(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*.py") if "build" not in path.parts]

    assert [path for path in files if "mock" in imported_by(path)] == []


def imported_by(path: Path) -> set[str]:
    """Return the last part of every name that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            whole = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            names |= {name.rpartition(".")[2] for name in whole}
    return names
