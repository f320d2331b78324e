"""The embedded database: every PostgreSQL that is here, and every way to be interrupted."""

import os
import signal
from pathlib import Path

import pytest

from services.stack import programs
from tests.e2e.stack import ROOT, Checkout, checkout, eventually

pytestmark = pytest.mark.integration

BOOK = 4


def test_it_is_made_by_every_postgresql_that_is_here(shell: dict[str, str]) -> None:
    folders = {programs.major_version(folder): folder for folder in programs.postgresqls(shell)}
    for version, folder in folders.items():
        with checkout(shell, RENTOMATIC_POSTGRES_BIN=str(folder)) as services:
            assert count(services) == BOOK
            assert (services.state / "postgres/PG_VERSION").read_text("ascii") == f"{version}\n"


def count(services: Checkout) -> int:
    status, output = services.rentomatic("rooms", "export", "--format", "ndjson")
    assert status == 0, output
    return len(output.splitlines())


def test_its_example_rooms_are_stored_as_the_setting_of_positions_says(
    shell: dict[str, str],
) -> None:
    key = "k" * 32
    with checkout(
        shell, RENTOMATIC_POSITIONS="approximate", RENTOMATIC_POSITIONS_KEY=key
    ) as services:
        _, output = services.rentomatic("doctor")
        assert "All rooms are stored with approximate positions" in output


def test_its_backups_are_in_the_checkout_wherever_one_stands(
    shell: dict[str, str], tmp_path: Path
) -> None:
    relative = os.path.relpath(tmp_path / "backups", ROOT)
    with checkout(shell, RENTOMATIC_BACKUPS=relative) as services:
        here = ("run", "--directory", str(tmp_path), "--", "rentomatic")
        status, output = services.run(*here, "backup")
        assert status == 0, output
        (file,) = tmp_path.glob("backups/*.dump")
        status, output = services.run(*here, "restore", "--yes", file.name)
        assert status == 0, output
        assert f"Restored {file}: {BOOK} rooms" in output


@pytest.mark.parametrize("moment", ["postgres.unfinished", "postgres/rentomatic.new"])
def test_a_kill_while_it_is_made_is_healed_by_the_next_who_needs_it(
    embedded: Checkout, moment: str
) -> None:
    with embedded.start("run", "--", "rentomatic", "rooms", "list") as process:
        eventually((embedded.state / moment).exists, moment)
        os.killpg(process.pid, signal.SIGKILL)

    assert count(embedded) == BOOK
    eventually(lambda: not embedded.processes(), "the last one has stopped the database")


def sleeps(services: Checkout) -> bool:
    """Return whether the program runs; its wrapper and forked processes have other names."""
    return any(
        Path(f"/proc/{process}/comm").read_text("utf-8") == "sleep\n"
        for process in services.processes("sleep")
    )


def test_a_server_that_a_kill_has_left_is_stopped_by_the_next_who_leaves(
    embedded: Checkout,
) -> None:
    assert count(embedded) == BOOK
    with embedded.start("run", "--", "sleep", "60") as process:
        eventually(lambda: sleeps(embedded), "it runs")
        os.killpg(process.pid, signal.SIGKILL)
    assert embedded.processes("postgres")

    assert count(embedded) == BOOK
    eventually(lambda: not embedded.processes(), "nothing is left")


def test_a_server_that_died_with_the_machine_is_forgotten(embedded: Checkout) -> None:
    assert count(embedded) == BOOK
    lines = (str(os.getpid()), str(embedded.state / "postgres"), "0", "5432", "", "", "", "ready")
    (embedded.state / "postgres/postmaster.pid").write_text("\n".join(lines), "utf-8")

    assert count(embedded) == BOOK


def test_a_command_that_is_ended_takes_its_database_along(embedded: Checkout) -> None:
    with embedded.start("run", "--", "sleep", "60") as process:
        eventually(lambda: sleeps(embedded), "it runs")
        process.terminate()

    assert process.returncode == 128 + signal.SIGTERM
    assert not embedded.processes()


def test_programs_do_not_outlive_a_supervisor_that_is_killed(embedded: Checkout) -> None:
    with embedded.start("serve") as process:
        eventually(embedded.is_ready, "ready")
        process.kill()
        eventually(lambda: not embedded.processes(), "every program has ended")

    assert count(embedded) == BOOK
