"""`just bench`: a small run of `cpu`, and the processes that the other runs measure."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.stack import ROOT
from tools.bench.processes import cpu_seconds, postmaster

COMMAND = (sys.executable, "-m", "tools.bench", "cpu", "--rooms", "10000", "--rounds", "1")

pytestmark = pytest.mark.integration


def test_cpu_prints_the_time_of_every_workload_and_stage() -> None:
    result = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=False)

    # 1 if a goal is missed, as on a busy machine.
    assert result.returncode in (0, 1), result.stderr
    lines = result.stdout.splitlines()
    assert "| µs of CPU per request | page | offers | one | box | insert |" in lines
    assert [line.split(" | ")[0] for line in lines if line.startswith("| execute")]
    assert any(line.startswith("ours/bare view on page: ") for line in lines)


def test_the_postmaster_is_found_by_the_url_of_a_database(postgres_url: str) -> None:
    pid = postmaster(postgres_url)

    assert b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert cpu_seconds(pid) > 0
