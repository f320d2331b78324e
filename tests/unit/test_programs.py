"""Which PostgreSQL is chosen of several."""

from pathlib import Path

import pytest

from services.stack import programs


def postgresql(folder: Path, version: str) -> Path:
    """Make what looks like a folder of PostgreSQL's programs."""
    folder.mkdir(parents=True)
    for name in programs.NEEDED:
        program = folder / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n", "utf-8")
        program.chmod(0o755)
    return folder


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    return postgresql(tmp_path / "newer/bin", "18.6")


@pytest.fixture
def older(tmp_path: Path) -> Path:
    return postgresql(tmp_path / "older/bin", "15.18 (Debian 15.18-0+deb12u1)")


def data_of(tmp_path: Path, version: str) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text(f"{version}\n", "ascii")
    return data


def test_the_first_on_path_makes_new_data(newer: Path, older: Path, tmp_path: Path) -> None:
    environ = {"PATH": f"{older}:{newer}"}

    assert programs.postgresql(environ, tmp_path / "none") == older


def test_the_folder_of_the_setting_comes_before_path(
    newer: Path, older: Path, tmp_path: Path
) -> None:
    environ = {"PATH": str(older), "RENTOMATIC_POSTGRES_BIN": str(newer)}

    assert programs.postgresql(environ, tmp_path / "none") == newer


@pytest.mark.parametrize(("version", "chosen"), [("15", "older"), ("18", "newer")])
def test_data_goes_to_the_version_that_made_it(
    newer: Path, older: Path, tmp_path: Path, version: str, chosen: str
) -> None:
    environ = {"PATH": f"{older}:{newer}"}

    found = programs.postgresql(environ, data_of(tmp_path, version))

    assert found == tmp_path / chosen / "bin"


def test_a_link_leads_to_the_folder_where_all_programs_are(newer: Path, tmp_path: Path) -> None:
    linked = tmp_path / "links"
    linked.mkdir()
    (linked / "postgres").symlink_to(newer / "postgres")

    assert programs.postgresql({"PATH": str(linked)}, tmp_path / "none") == newer


def test_data_of_a_version_that_is_not_here_is_left_alone(newer: Path, tmp_path: Path) -> None:
    environ = {"RENTOMATIC_POSTGRES_BIN": str(newer)}

    with pytest.raises(SystemExit, match="was created by PostgreSQL 9, but only 18 is installed"):
        programs.postgresql(environ, data_of(tmp_path, "9"))


def test_a_setting_that_names_no_postgresql_is_named(tmp_path: Path) -> None:
    environ = {"RENTOMATIC_POSTGRES_BIN": str(tmp_path)}

    with pytest.raises(SystemExit, match="RENTOMATIC_POSTGRES_BIN"):
        programs.postgresql(environ, tmp_path / "none")
