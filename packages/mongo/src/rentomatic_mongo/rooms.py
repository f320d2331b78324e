"""Rooms in a MongoDB collection, one document per room."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NoReturn

import pymongo
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, OperationFailure

from rentomatic.domain.conditions import Filters, Within
from rentomatic.domain.query import Query
from rentomatic.domain.room import FIELDS, Room
from rentomatic.errors import RepositoryUnavailable, RoomChanged, RoomConflict, RoomNotFound
from rentomatic.repository.clusters import clusters_of
from rentomatic.repository.facets import counts_without_of, facet_of
from rentomatic.repository.matching import meets, page_of
from rentomatic.repository.protocols import Connections
from rentomatic.responses import Cluster, Facet, ImportReport
from rentomatic_mongo.documents import (
    Document,
    after_cursor,
    condition,
    order,
    to_document,
    to_room,
)
from rentomatic_mongo.errors import translate_errors
from rentomatic_mongo.pool import PoolCounter

INDEXES = [
    IndexModel("code", unique=True),
    *(IndexModel([(name, ASCENDING), ("code", ASCENDING)]) for name in FIELDS if name != "code"),
]
FIELDS_WITHOUT_ID = {"_id": False, **dict.fromkeys(FIELDS, True)}
MAX_CHUNK_ROOMS = 1000


class MongoRooms:
    """Implements RoomRepository with the collection `rooms`. Safe for threads, not for forks."""

    def __init__(
        self, database: Database[Document], statement_timeout: int, counter: PoolCounter
    ) -> None:
        """Limit searches and counts to `statement_timeout` seconds.

        A timeoutMS in the URL replaces this limit.
        """
        self._database = database
        self._statement_timeout_ms = statement_timeout * 1000
        self._counter = counter

    @translate_errors()
    def get(self, code: str) -> Room:
        document = self._rooms.find_one({"code": code}, list(FIELDS))
        if document is None:
            raise RoomNotFound(code)
        return to_room(document)

    @translate_errors()
    def add(self, room: Room) -> None:
        try:
            self._rooms.insert_one(to_document(room))
        except DuplicateKeyError as error:
            raise RoomConflict(room.code) from error

    @translate_errors()
    def replace(self, old: Room, new: Room) -> None:
        # $set keeps members that other programs have added to the document.
        result = self._rooms.update_one(to_document(old), {"$set": to_document(new)})
        if not result.matched_count:
            self._raise_missing_or_changed(old)

    @translate_errors()
    def remove(self, room: Room) -> None:
        if not self._rooms.delete_one(to_document(room)).deleted_count:
            self._raise_missing_or_changed(room)

    @translate_errors()
    def put(
        self, rooms: Iterable[Room], dry_run: bool = False, timeout: float | None = None
    ) -> ImportReport:
        with pymongo.timeout(timeout):
            new = list({room.code: room for room in rooms}.values())
            # socketTimeoutMS limits each response of the server, so no response covers all rooms.
            starts = range(0, len(new), MAX_CHUNK_ROOMS)
            chunks = (new[start : start + MAX_CHUNK_ROOMS] for start in starts)
            return sum(map(self._compare if dry_run else self._write, chunks), ImportReport())

    def optimize(self) -> None:
        # MongoDB needs no cleanup after bulk writes; this only creates missing indexes.
        self.check()

    @translate_errors()
    def search(self, query: Query) -> list[Room]:
        if query.limit == 0:  # MongoDB reads limit 0 as no limit
            return []
        if query.origin or _circles(query.filters):
            return page_of(self.scan(query.filters), query)
        found = self._rooms.find(
            condition(query.filters, after_cursor(query)),
            list(FIELDS),
            sort=order(query),
            limit=query.limit,
            batch_size=query.limit,
            max_time_ms=self._statement_timeout_ms,
        )
        return [to_room(document) for document in found]

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        circles = _circles(filters)
        with translate_errors():
            found = self._rooms.find(condition(filters), list(FIELDS), sort=order(Query()))
            yield from (room for room in map(to_room, found) if meets(room, circles))

    @translate_errors()
    def count(self, filters: Filters = ()) -> int:
        if _circles(filters):
            return sum(1 for _ in self.scan(filters))
        return self._rooms.count_documents(
            condition(filters), maxTimeMS=self._statement_timeout_ms
        )

    def counts_without(self, filters: Filters) -> tuple[int, ...]:
        return counts_without_of(self, filters)

    def facet(self, filters: Filters, field: str) -> Facet:
        return facet_of(self, filters, field)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        return clusters_of(self, filters, side)

    @translate_errors()
    def check(self) -> None:
        self._rooms.database.command("ping")

    def connections(self) -> Connections:
        limit = self._database.client.options.pool_options.max_pool_size
        return self._counter.connections(int(limit or 0))

    def close(self) -> None:
        self._database.client.close()

    def _raise_missing_or_changed(self, room: Room) -> NoReturn:
        self.get(room.code)
        raise RoomChanged(room.code)

    @cached_property
    def _rooms(self) -> Collection[Document]:
        """The collection; the first access creates its indexes."""
        rooms = self._database["rooms"]
        try:
            rooms.create_indexes(INDEXES)
        except OperationFailure as error:
            # Without its unique index, several rooms could have the same code.
            raise RepositoryUnavailable from error
        return rooms

    def _write(self, rooms: list[Room]) -> ImportReport:
        writes = [
            UpdateOne({"code": room.code}, {"$set": to_document(room)}, upsert=True)
            for room in rooms
        ]
        result = self._rooms.bulk_write(writes, ordered=False)
        return ImportReport(
            result.upserted_count,
            result.modified_count,
            result.matched_count - result.modified_count,
        )

    def _compare(self, rooms: list[Room]) -> ImportReport:
        """Count the changes that _write would make."""
        codes = [room.code for room in rooms]
        documents = self._rooms.find({"code": {"$in": codes}}, FIELDS_WITHOUT_ID)
        stored = {document["code"]: document for document in documents}
        unchanged = sum(stored.get(room.code) == to_document(room) for room in rooms)
        return ImportReport(len(rooms) - len(stored), len(stored) - unchanged, unchanged)


def _circles(filters: Filters) -> Filters:
    """Return the circles, which `condition` replaces by boxes."""
    return tuple(each for each in filters if isinstance(each, Within))
