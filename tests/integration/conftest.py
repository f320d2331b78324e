"""Fixtures that several files of the integration tests use."""

import os
from pathlib import Path

import pytest

from services.stack import programs
from tests.servers import PostgresServer


@pytest.fixture
def postgres_programs(
    shell: dict[str, str], postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put the programs of the server under test on PATH."""
    folder = programs.postgresql(shell, Path(postgres_server.host) / "data")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
