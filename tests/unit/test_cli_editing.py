"""Rooms added, edited and deleted on the command line."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rentomatic.repository import memory
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic.repository.protocols import Storage
from rentomatic_cli import main
from tests.rooms import room

FIELDS = ("--size", "20", "--price", "50", "--longitude", "-19.94", "--latitude", "50.06")


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> MemoryRooms:
    """Rooms that outlast a command."""
    kept = MemoryRooms([room()])
    monkeypatch.setattr(memory, "connect", lambda *_: Storage(kept, MemoryTokens()))
    return kept


def run(*arguments: str, text: str | None = None) -> Result:
    environ = {"RENTOMATIC_REPOSITORY": "memory://"}
    return CliRunner().invoke(main, ["rooms", *arguments], input=text, env=environ)


def shown(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_room_is_added(rooms: MemoryRooms) -> None:
    added = shown(run("add", *FIELDS))

    assert vars(rooms.get(added["code"])) == added
    assert added["longitude"] == -19.94


def test_a_code_is_added_once(rooms: MemoryRooms) -> None:
    result = run("add", "--code", room().code.upper(), *FIELDS)

    assert result.exit_code == 4
    assert result.stderr == f"rentomatic: There is already a room {room().code}\n"
    assert rooms.get(room().code) == room()


def test_every_wrong_value_is_named(rooms: MemoryRooms) -> None:
    result = run("add", "--code", "x", "--size", "0", "--price", "5.5", *FIELDS[4:])

    assert result.exit_code == 2
    assert [line.split(":")[-2].strip() for line in result.stderr.splitlines()] == [
        "code",
        "size",
        "price",
    ]
    assert rooms.count() == 1


def test_a_room_is_edited_where_options_say_so(rooms: MemoryRooms) -> None:
    assert shown(run("edit", room().code, "--price", "7"))["price"] == 7
    assert rooms.get(room().code) == room(price=7)


@pytest.mark.parametrize("command", [("edit", "--price", "7"), ("delete", "--yes")])
def test_a_room_that_is_not_there_has_an_exit_status_of_its_own(
    rooms: MemoryRooms, command: tuple[str, ...]
) -> None:
    assert run(*command, room(2).code).exit_code == 3
    assert rooms.count() == 1


def test_an_impossible_edit_changes_nothing(rooms: MemoryRooms) -> None:
    result = run("edit", room().code, "--price", "-1", "--size", "3")

    assert result.exit_code == 2
    assert "price: must be a whole number from 0 to 2147483647" in result.stderr
    assert rooms.get(room().code) == room()


@pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("n\n", 1), ("", 1)])
def test_a_deletion_is_confirmed(rooms: MemoryRooms, answer: str, left: int) -> None:
    run("delete", room().code, text=answer)

    assert rooms.count() == left


def test_a_script_confirms_beforehand(rooms: MemoryRooms) -> None:
    result = run("delete", room().code, "--yes")

    assert (result.exit_code, result.output) == (0, "")
    assert rooms.count() == 0
