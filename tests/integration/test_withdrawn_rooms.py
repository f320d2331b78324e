"""Rooms that were deleted long ago are forgotten when others are deleted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient
from sqlalchemy import create_engine, text

from rentomatic.domain.mirrors import Mirror
from rentomatic.repository.connect import connect
from rentomatic.repository.protocols import RoomRepository
from rentomatic_postgres.connections import parse_url
from tests.conftest import PATIENT
from tests.rooms import full_room, room

pytestmark = pytest.mark.integration

LONG_AGO = datetime.now(UTC) - timedelta(days=366)
AGE = text("UPDATE withdrawn_room SET time = :time WHERE code = :code")
COUNT = text("SELECT count(*) FROM withdrawn_room")

Removal = Callable[[RoomRepository], object]
REMOVALS: list[Removal] = [
    lambda rooms: rooms.remove(full_room(2)),
    lambda rooms: rooms.put(map(full_room, (3, 4, 5, 6)), mirror=Mirror("agency", set())),
]


@pytest.mark.parametrize("removal", REMOVALS, ids=["remove", "put"])
@pytest.mark.parametrize("again", [False, True], ids=["another", "the same"])
def test_postgres_forgets(postgres_url: str, removal: Removal, again: bool) -> None:
    rooms = connect(postgres_url).rooms
    engine = create_engine(parse_url(postgres_url))
    code = _delete_the_first(rooms)
    with engine.begin() as connection:
        connection.execute(AGE, {"time": LONG_AGO, "code": code})
    assert rooms.find_withdrawn(code) is None

    _add_the_others(rooms)
    if again:
        rooms.add(room(1))
        rooms.remove(room(1))
    removal(rooms)

    with engine.connect() as connection:
        assert connection.scalar(COUNT) == (2 if again else 1)
    assert (rooms.find_withdrawn(code) is None) is not again
    assert rooms.find_withdrawn(full_room(2).code)
    rooms.close()
    engine.dispose()


@pytest.mark.parametrize("removal", REMOVALS, ids=["remove", "put"])
def test_mongo_forgets(mongo_url: str, removal: Removal) -> None:
    rooms = connect(mongo_url, PATIENT).rooms
    code = _delete_the_first(rooms)
    with MongoClient[dict[str, Any]](mongo_url) as client:
        withdrawn = client.get_default_database()["withdrawn_rooms"]
        withdrawn.update_one({"code": code}, {"$set": {"time": LONG_AGO}})
        assert rooms.find_withdrawn(code) is None

        _add_the_others(rooms)
        removal(rooms)

        assert [each["code"] for each in withdrawn.find()] == [full_room(2).code]
    rooms.close()


def _delete_the_first(rooms: RoomRepository) -> str:
    rooms.add(room(1))
    rooms.remove(room(1))
    return room(1).code


def _add_the_others(rooms: RoomRepository) -> None:
    rooms.put(map(full_room, range(2, 7)))
