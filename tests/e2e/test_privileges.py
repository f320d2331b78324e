"""Users and files: who runs the stack, and who may enter its folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.stack import privileges
from tests.e2e.stack import Checkout, eventually
from tests.programs import folder

pytestmark = pytest.mark.integration

HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "a+")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def users(process: int) -> set[int]:
    """Return the user ids of a process as the kernel knows them, outside of user namespaces."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("Uid:"))
    return set(map(int, line.split()[1:]))


@AS_ROOT
def test_no_program_of_a_stack_that_root_starts_runs_as_root(embedded: Checkout) -> None:
    with folder() as home:
        is_possible = "setpriv" in privileges.prefix(home)[0]
    with embedded.serving():
        found = {user for process in embedded.processes() for user in users(process)}
        status, output = embedded.rentomatic("rooms", "list", "--limit", "1")

    log = (embedded.state / "test.log").read_text("utf-8")
    assert found == {privileges.NOBODY if is_possible else 0}
    assert (privileges.WARNING in log) is not is_possible
    assert status == 0, output


@AS_ROOT
def test_what_runs_for_root_cannot_read_files_of_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = shutil.which("python3", path="/usr/bin")
    if python is None:
        pytest.skip("no Python that everyone may execute")
    monkeypatch.setattr(sys, "executable", python)
    secret = tmp_path / "secret"
    secret.write_text("x", "utf-8")
    secret.chmod(0o600)
    with folder() as home:
        command = (*privileges.prefix(home), "cat", str(secret))
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert home.stat().st_uid == privileges.NOBODY

    assert result.returncode != 0
    assert result.stdout == ""


@AS_ROOT
def test_a_secret_that_only_root_reads_reaches_the_stack(
    in_memory: Checkout, tmp_path: Path
) -> None:
    secret = tmp_path / "key"
    secret.write_text("k" * 40, "utf-8")
    secret.chmod(0o600)
    in_memory.environ["RENTOMATIC_SECRET_KEY_FILE"] = str(secret)

    with in_memory.serving():
        assert in_memory.answer("/rooms")


def test_nobody_else_may_enter_the_folder_of_a_stack(in_memory: Checkout) -> None:
    in_memory.state.chmod(0o755)

    with in_memory.serving():
        assert in_memory.state.stat().st_mode & 0o777 == 0o700


def test_a_lock_of_another_process_is_not_taken_for_the_stack(in_memory: Checkout) -> None:
    """Once `down` sent a signal to the process that had got the id in the file."""
    file = in_memory.state / "stack"
    with subprocess.Popen((sys.executable, "-c", "import time; time.sleep(600)")) as innocent:
        file.write_text(f"{innocent.pid} 1", "utf-8")
        with subprocess.Popen(
            (sys.executable, "-c", HOLD, str(file)), stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            try:
                for command in ("down", "ps", "serve"):
                    status, output = in_memory.run(command)
                    assert status == 1
                    assert "is locked by a process other than the one in the file" in output
                assert innocent.poll() is None
            finally:
                holder.kill()
                innocent.kill()


@pytest.mark.parametrize("name", ["stack", "secret-key"])
def test_an_empty_file_of_an_interrupted_start_does_not_block_the_next(
    in_memory: Checkout, name: str
) -> None:
    (in_memory.state / name).touch(0o600)

    with in_memory.serving():
        eventually(lambda: in_memory.answer("/rooms") is not None, "rooms")
        assert (in_memory.state / name).read_text("utf-8") != ""
