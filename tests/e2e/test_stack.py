"""The whole stack, from `serve` to nothing left."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic_mongo import connect as connect_mongo
from tests.e2e.stack import ROOT, Checkout, ask, checkout, eventually
from tests.programs import PATIENCE_SECONDS
from tests.rooms import HEADER, line
from tests.servers import PostgresServer

pytestmark = pytest.mark.integration

BOOK = [39, 48, 60, 66]
OWNER_SERVES = "The application connects as the table owner"


@pytest.fixture(scope="module")
def stack(shell: dict[str, str]) -> Iterator[Checkout]:
    """A stack with its embedded database, which tests may leave only as they found it."""
    with checkout(shell, WEB_CONCURRENCY="2") as services, services.serving():
        yield services


@pytest.fixture(scope="module")
def memory_stack(shell: dict[str, str]) -> Iterator[tuple[Checkout, "subprocess.Popen[str]"]]:
    """A stack with rooms in memory, which tests only read, and its process."""
    with (
        checkout(shell, RENTOMATIC_REPOSITORY="memory://") as services,
        services.serving() as process,
    ):
        yield services, process


def test_a_new_checkout_serves_the_books_rooms_and_keeps_what_becomes_of_them(
    embedded: Checkout, tmp_path: Path
) -> None:
    file = tmp_path / "rooms.csv"
    file.write_text(HEADER + line(price="5"), "utf-8")
    with embedded.serving() as process:
        assert embedded.prices() == BOOK
        assert embedded.rentomatic("rooms", "import", str(file))[0] == 0
        os.killpg(process.pid, signal.SIGINT)  # Ctrl-C
        assert process.wait(PATIENCE_SECONDS) == 0

    with embedded.serving():
        assert embedded.prices() == [5, *BOOK]
        assert "APPLICATION_USER=rentomatic\n" in embedded.rentomatic("config", "show")[1]
    assert OWNER_SERVES not in log(embedded)


def log(services: Checkout) -> str:
    return (services.state / "test.log").read_text("utf-8")


def test_the_command_line_needs_no_stack(embedded: Checkout) -> None:
    status, output = embedded.rentomatic("rooms", "list", "--format", "csv")

    assert status == 0
    assert all(room.code in output for room in EXAMPLE_ROOMS)
    eventually(lambda: not embedded.processes(), "the database has stopped")


def test_rooms_in_memory_are_served_by_one_process(
    memory_stack: tuple[Checkout, "subprocess.Popen[str]"],
) -> None:
    services, _ = memory_stack
    assert services.prices() == BOOK
    assert len(services.processes("gunicorn")) == 2  # the master and its worker
    assert not services.processes("postgres")


def test_rooms_in_mongodb_are_served(shell: dict[str, str], mongo_url: str) -> None:
    rooms = connect_mongo(mongo_url).rooms
    rooms.put(EXAMPLE_ROOMS)
    rooms.close()

    with (
        checkout(shell, RENTOMATIC_REPOSITORY=mongo_url, WEB_CONCURRENCY="2") as services,
        services.serving(),
    ):
        assert services.prices() == BOOK


def test_another_postgresql_is_made_migrated_and_served(
    shell: dict[str, str], postgres_server: PostgresServer
) -> None:
    settings = {
        "POSTGRES_HOSTNAME": postgres_server.host,
        "POSTGRES_USER": postgres_server.user,
        "POSTGRES_PASSWORD": "p%40@/ '\"",
        "APPLICATION_DB": "served",
    }
    with checkout(shell, WEB_CONCURRENCY="2", **settings) as services, services.serving():
        assert services.prices() == []
        assert services.rentomatic("db", "status")[0] == 0
        assert services.rentomatic("db", "init") == (0, "The database served already exists\n")
        assert OWNER_SERVES in log(services)


def test_a_role_serves_another_postgresql(
    shell: dict[str, str], postgres_server: PostgresServer, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("p%40@/ '\"\n", "utf-8")
    settings = {
        "POSTGRES_HOSTNAME": postgres_server.host,
        "POSTGRES_USER": postgres_server.user,
        "POSTGRES_PASSWORD": "another",
        "APPLICATION_USER": "the one that serves",
        "APPLICATION_PASSWORD_FILE": str(secret),
        "APPLICATION_DB": "served by a role",
    }
    with checkout(shell, WEB_CONCURRENCY="2", **settings) as services, services.serving():
        assert services.prices() == []
        assert services.rentomatic("rooms", "list") == (0, "[]\n")
        assert services.rentomatic("db", "status")[0] == 0
        assert OWNER_SERVES not in log(services)


def test_a_second_stack_says_what_is_in_the_way(
    memory_stack: tuple[Checkout, "subprocess.Popen[str]"],
) -> None:
    services, process = memory_stack
    status, output = services.run("serve")

    assert status == 1
    assert (
        output == f"The stack is already running (process {process.pid}): `just down` stops it\n"
    )


def test_a_taken_port_is_named(in_memory: Checkout) -> None:
    with socket.create_server(("127.0.0.1", in_memory.port)):
        status, output = in_memory.run("serve")

    assert status == 1
    assert output == f"RENTOMATIC_PORT: another program listens on port {in_memory.port}\n"


def test_wrong_settings_stop_the_start_and_are_named(shell: dict[str, str]) -> None:
    with checkout(shell, WEB_CONCURRENCY="0", POSTGRES_HOSTNAME="db") as services:
        status, output = services.run("serve")

    assert status == 2
    assert [line.split(":")[0] for line in output.splitlines()] == [
        "POSTGRES_USER",
        "POSTGRES_PASSWORD",
        "WEB_CONCURRENCY",
    ]


def test_a_program_that_stays_down_ends_the_stack_with_a_failure(shell: dict[str, str]) -> None:
    settings = {"RENTOMATIC_REPOSITORY": "memory://", "GUNICORN_CMD_ARGS": "--no-such-option"}
    with checkout(shell, **settings) as services:
        status, output = services.run("serve")

        assert status == 1
        assert "gunicorn exits repeatedly" in output
        eventually(lambda: not services.processes(), "every process is gone")


@pytest.mark.parametrize("name", ["gunicorn.conf.py", "/nginx", "/postgres"])
def test_a_killed_program_is_started_again(stack: Checkout, name: str) -> None:
    stack.kill(name)

    eventually(lambda: stack.is_ready() and stack.prices() == BOOK, "rooms again")


def test_ten_commands_at_once_share_a_database_that_none_of_them_found(
    embedded: Checkout,
) -> None:
    command = ("run", "--", "rentomatic", "db", "migrate")
    processes = [embedded.start(*command) for _ in range(10)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]

    assert [process.returncode for process in processes] == [0] * 10, outputs
    eventually(lambda: not embedded.processes(), "the last one has stopped the database")


def test_the_stack_runs_in_the_background(in_memory: Checkout) -> None:
    assert in_memory.run("down") == (0, "The stack is not running\n")
    status, output = in_memory.run("up")
    try:
        assert (status, in_memory.prices()) == (0, BOOK), output
        assert in_memory.run("up")[1].startswith("The stack is already running")
        logged = (in_memory.state / "log/stack.log").read_text("utf-8")
        assert f"http://127.0.0.1:{in_memory.port}/rooms (Ctrl-C stops it)\n" in logged
        assert '"message":"request"' in logged
        eventually(lambda: in_memory.run("ps")[1].count("RUNNING") == 2, "both programs run")
    finally:
        assert in_memory.run("down")[0] == 0
    eventually(lambda: not in_memory.processes(), "every process has ended")


def test_a_state_too_deep_for_sockets_is_named(shell: dict[str, str]) -> None:
    with checkout(shell, RENTOMATIC_STATE="/tmp/" + "x" * 100) as services:  # noqa: S108
        status, output = services.run("serve")

    assert status == 1
    assert output.startswith("RENTOMATIC_STATE: ")


def test_every_answer_is_one_line_of_the_log(
    memory_stack: tuple[Checkout, "subprocess.Popen[str]"],
) -> None:
    services, _ = memory_stack
    for name in ("a-request-of-this-test", "the-next-one"):
        answer = ask(services.port, "/rooms", **{"X-Request-ID": name})
        assert answer.fields["X-Request-ID"] == name
    eventually(lambda: "the-next-one" in log(services), "both are logged")

    lines = log(services).splitlines()
    assert len([line for line in lines if "a-request-of-this-test" in line]) == 1


@pytest.mark.registry
def test_the_recipes_are_found_from_anywhere(tmp_path: Path, in_memory: Checkout) -> None:
    (tmp_path / "rooms.csv").write_text(HEADER + line(code=EXAMPLE_ROOMS[0].code), "utf-8")
    path = f"{Path(sys.executable).parent}:{in_memory.environ['PATH']}"
    result = subprocess.run(
        (ROOT / "just", "rentomatic", "rooms", "import", "rooms.csv"),
        cwd=tmp_path,
        env=in_memory.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.stdout == "created 0, updated 1, unchanged 0, rejected 0\n", result.stderr


def test_paths_are_relative_to_the_checkout_wherever_one_stands(
    in_memory: Checkout, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("k" * 32, "utf-8")
    settings = [
        {"name": "RENTOMATIC_SECRET_KEY_FILE", "value": os.path.relpath(tmp_path / "key", ROOT)}
    ]
    (tmp_path / "production.json").write_text(json.dumps(settings), "utf-8")
    in_memory.environ["APPLICATION_CONFIG"] = "production"
    in_memory.environ["APPLICATION_CONFIG_PATH"] = os.path.relpath(tmp_path, ROOT)

    status, output = in_memory.run(
        "run", "--directory", str(tmp_path), "--", "rentomatic", "config", "show"
    )

    assert status == 0, output
    assert "RENTOMATIC_SECRET_KEY=***" in output
