"""Rooms that can be read only, for a while."""

import pytest
from click.testing import CliRunner

from rentomatic.domain.tokens import Role
from rentomatic.errors import RepositoryReadOnly
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic.repository.protocols import Storage
from rentomatic.repository.read_only import read_only
from rentomatic.responses import ImportReport
from rentomatic_cli import main
from tests.apps import client_of, token_for
from tests.rooms import room


def test_what_changes_nothing_is_done_as_ever() -> None:
    rooms = read_only(Storage(MemoryRooms([room(1)]), MemoryTokens())).rooms

    assert rooms.get(room(1).code) == room(1)
    assert rooms.count() == 1
    assert rooms.put([room(2)], dry_run=True) == ImportReport(created=1)


def test_no_room_is_added_changed_or_removed() -> None:
    kept = MemoryRooms([room(1)])
    rooms = read_only(Storage(kept, MemoryTokens())).rooms

    for change in (
        lambda: rooms.add(room(2)),
        lambda: rooms.replace(room(1), room(1, price=7)),
        lambda: rooms.remove(room(1)),
        lambda: rooms.put([room(2)]),
    ):
        with pytest.raises(RepositoryReadOnly):
            change()
    assert list(kept.scan()) == [room(1)]


def test_a_client_is_told_to_come_back_later() -> None:
    storage = read_only(Storage(MemoryRooms([room(1)]), MemoryTokens()))
    editor = {"Authorization": token_for(storage.tokens, Role.EDITOR)}
    client = client_of(*storage)

    answer = client.delete(f"/rooms/{room(1).code}", headers=editor)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.json == {
        "type": "SystemError",
        "message": "The rooms can only be read right now",
        "code": "repository_read_only",
    }
    assert client.get("/rooms").status_code == 200


def test_a_command_says_so_by_its_exit_status() -> None:
    environ = {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_READ_ONLY": "on"}
    code = "f853578c-fc0f-4e65-81b8-566c5dffa35a"

    result = CliRunner().invoke(main, ["rooms", "delete", "--yes", code], env=environ)

    assert (result.exit_code, result.stderr) == (
        5,
        "rentomatic: The rooms can only be read right now\n",
    )
