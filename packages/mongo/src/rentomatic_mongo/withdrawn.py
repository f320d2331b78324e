"""Rooms that were deleted, one document per code in the collection `withdrawn_rooms`."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo import IndexModel, ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database

from rentomatic.domain.withdrawn import REMEMBERED, WithdrawnRoom
from rentomatic_mongo.documents import Document

REMEMBERED_FIELDS = ["code", "longitude", "latitude"]
INDEXES = [IndexModel("code", unique=True), IndexModel("time")]


def create_indexes(database: Database[Document]) -> None:
    _collection(database).create_indexes(INDEXES)


def find(database: Database[Document], code: str) -> WithdrawnRoom | None:
    """Implement `RoomRepository.find_withdrawn`."""
    start = datetime.now(UTC) - REMEMBERED
    found = _collection(database).find_one({"code": code, "time": {"$gte": start}})
    if found is None:
        return None
    time = found["time"].replace(tzinfo=UTC)
    return WithdrawnRoom(**{name: found[name] for name in REMEMBERED_FIELDS}, time=time)


def remember(database: Database[Document], rooms: Iterable[Mapping[str, Any]]) -> None:
    """Save members of rooms that have been deleted, and forget those of long ago."""
    now = datetime.now(UTC)
    gone = [{name: room[name] for name in REMEMBERED_FIELDS} | {"time": now} for room in rooms]
    writes = [ReplaceOne({"code": each["code"]}, each, upsert=True) for each in gone]
    if writes:
        _collection(database).bulk_write(writes, ordered=False)
        _collection(database).delete_many({"time": {"$lt": now - REMEMBERED}})


def _collection(database: Database[Document]) -> Collection[Document]:
    return database["withdrawn_rooms"]
