"""What becomes of the MongoDB adapter when its server fails."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure

from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport
from rentomatic.use_cases import imports as use_cases
from rentomatic.use_cases.imports import import_rooms
from rentomatic_mongo import connect
from tests import programs, servers
from tests.rooms import room

pytestmark = pytest.mark.integration

READS: dict[str, Callable[[RoomRepository], object]] = {
    "find": lambda rooms: rooms.search(Query()),
    "aggregate": lambda rooms: rooms.count(),
}
WRITES: dict[str, Callable[[RoomRepository], object]] = {
    "insert": lambda rooms: rooms.add(room(2)),
    "update": lambda rooms: rooms.replace(room(), room()),
    "delete": lambda rooms: rooms.remove(room()),
}
COMMANDS = READS | WRITES


@pytest.fixture
def rooms(mongo_url: str) -> Iterator[RoomRepository]:
    rooms = connect(mongo_url).rooms
    rooms.add(room())
    yield rooms
    rooms.close()


@contextmanager
def failing(url: str, command: str, times: int, **failure: Any) -> Iterator[None]:
    """Let the server fail the next times a command arrives."""
    with MongoClient[Any](url) as client:
        data = {"failCommands": [command], **failure}
        client.admin.command("configureFailPoint", "failCommand", mode={"times": times}, data=data)
        yield
        client.admin.command("configureFailPoint", "failCommand", mode="off")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_sent_again_on_a_new_connection(
    rooms: RoomRepository, mongo_url: str, command: str
) -> None:
    with failing(mongo_url, command, times=1, closeConnection=True):
        COMMANDS[command](rooms)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_not_sent_for_ever(
    rooms: RoomRepository, mongo_url: str, command: str
) -> None:
    with (
        failing(mongo_url, command, times=2, closeConnection=True),
        pytest.raises(RepositoryUnavailable) as failure,
    ):
        COMMANDS[command](rooms)

    assert isinstance(failure.value.__cause__, AutoReconnect)


@pytest.mark.parametrize("code", [13, 18, 50], ids=["role", "password", "time limit"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_refuses_or_takes_too_long_is_unavailable(
    rooms: RoomRepository, mongo_url: str, command: str, code: int
) -> None:
    with (
        failing(mongo_url, command, times=1, errorCode=code),
        pytest.raises(RepositoryUnavailable) as failure,
    ):
        COMMANDS[command](rooms)

    assert isinstance(failure.value.__cause__, OperationFailure)


def test_a_command_that_makes_no_sense_is_a_bug(rooms: RoomRepository, mongo_url: str) -> None:
    with (
        failing(mongo_url, "find", times=1, errorCode=2),
        pytest.raises(OperationFailure),
    ):
        rooms.search(Query())


def test_an_import_that_is_cut_off_is_completed_by_the_next(
    rooms: RoomRepository, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases, "BATCH", 500)
    many = [room(number) for number in range(900)]

    def cut_off() -> Iterator[Room]:
        yield from many[:700]
        breaking.enter_context(failing(mongo_url, "update", times=2, closeConnection=True))
        yield from many[700:]

    with ExitStack() as breaking, pytest.raises(RepositoryUnavailable):
        import_rooms(rooms, cut_off())

    assert rooms.count() >= 500
    # The server may still be executing the update whose connection was closed.
    report = import_rooms(rooms, many)
    assert (report.created + report.unchanged, report.updated) == (len(many), 0)
    assert import_rooms(rooms, many, dry_run=True) == ImportReport(unchanged=len(many))


def test_a_server_that_goes_away_is_found_again() -> None:
    port = programs.free_port()
    with servers.mongo(port) as url:
        # The driver looks for a lost server every 500 ms.
        rooms = connect(f"{url}/?serverSelectionTimeoutMS=2000").rooms
        rooms.add(room())
    with pytest.raises(RepositoryUnavailable):
        rooms.search(Query())
    with servers.mongo(port):
        assert rooms.search(Query()) == []
        rooms.close()


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        limits = "connectTimeoutMS=200&serverSelectionTimeoutMS=300"
        rooms = connect(f"mongodb://{host}:{port}/?{limits}").rooms

        with pytest.raises(RepositoryUnavailable):
            rooms.check()
        rooms.close()
