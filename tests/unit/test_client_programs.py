"""Which of the client programs on PATH are used for a server."""

from pathlib import Path

import pytest

from rentomatic_postgres.backup.client_programs import PROGRAMS, programs


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The parent of the folders on PATH, each of which is named like its version."""
    folders = [tmp_path / str(version) for version in (15, 16, 17, 18)]
    monkeypatch.setenv("PATH", ":".join(map(str, folders)))
    return tmp_path


def install(path: Path, *versions: int) -> None:
    for version in versions:
        (path / str(version)).mkdir()
        for name in PROGRAMS:
            program = path / str(version) / name
            program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}.1'\n", "utf-8")
            program.chmod(0o755)


@pytest.mark.parametrize(
    ("installed", "server", "chosen"),
    [
        ((15, 16, 18), 15, 15),
        ((16, 18), 15, 16),
        ((15, 16, 18), 17, 18),
        ((15, 16), 18, 16),  # pg_dump says that it is too old
        ((17,), 18, 17),
        ((18,), 17, 18),
        ((16, 18), None, 18),
    ],
)
def test_programs_fit_their_server(
    path: Path, installed: tuple[int, ...], server: int | None, chosen: int
) -> None:
    install(path, *installed)

    assert programs(server) == path / str(chosen)


@pytest.mark.parametrize(("installed", "server"), [((18,), 15), ((17, 18), 16)])
def test_programs_whose_backups_the_server_would_refuse_are_refused(
    path: Path, installed: tuple[int, ...], server: int
) -> None:
    install(path, *installed)

    with pytest.raises(FileNotFoundError) as refused:
        programs(server)

    assert str(refused.value) == (
        f"PostgreSQL {server} rejects backups of pg_dump 18, which set transaction_timeout:"
        f" put pg_dump, pg_restore, psql of PostgreSQL {server} on PATH"
    )
