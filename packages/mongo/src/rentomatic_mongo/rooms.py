"""The repository itself: one collection, each room a document."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NoReturn

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo import timeout as time_limit
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, OperationFailure

from rentomatic.domain.conditions import Filters, Within
from rentomatic.domain.query import Query
from rentomatic.domain.room import FIELDS, Room
from rentomatic.errors import RepositoryUnavailable, RoomChanged, RoomConflict, RoomNotFound
from rentomatic.repository.clusters import clusters_of
from rentomatic.repository.facets import facets_of
from rentomatic.repository.matching import first, meets
from rentomatic.repository.protocols import Connections
from rentomatic.responses import Cluster, Facets, ImportReport
from rentomatic_mongo.documents import (
    Document,
    beginning,
    condition,
    order,
    to_document,
    to_room,
)
from rentomatic_mongo.failures import reaching_the_rooms
from rentomatic_mongo.pool import PoolCounter

INDEXES = [
    IndexModel("code", unique=True),
    *(IndexModel([(name, ASCENDING), ("code", ASCENDING)]) for name in FIELDS if name != "code"),
]
MEMBERS = {"_id": False, **dict.fromkeys(FIELDS, True)}
CHUNK = 1000


class MongoRooms:
    """A RoomRepository over the collection `rooms`. Threads may share it; forks may not."""

    def __init__(
        self, database: Database[Document], time_limit: int, counter: PoolCounter
    ) -> None:
        """Keep rooms in the database; a search or a count may take so many seconds.

        A timeoutMS in the URL takes the limit's place.
        """
        self._database = database
        self._time_limit_ms = time_limit * 1000
        self._counter = counter

    @reaching_the_rooms()
    def get(self, code: str) -> Room:
        document = self._rooms.find_one({"code": code}, list(FIELDS))
        if document is None:
            raise RoomNotFound(code)
        return to_room(document)

    @reaching_the_rooms()
    def add(self, room: Room) -> None:
        try:
            self._rooms.insert_one(to_document(room))
        except DuplicateKeyError as error:
            raise RoomConflict(room.code) from error

    @reaching_the_rooms()
    def replace(self, old: Room, new: Room) -> None:
        # $set leaves alone what others may have added to the document.
        found = self._rooms.update_one(to_document(old), {"$set": to_document(new)})
        if not found.matched_count:
            self._explain(old)

    @reaching_the_rooms()
    def remove(self, room: Room) -> None:
        if not self._rooms.delete_one(to_document(room)).deleted_count:
            self._explain(room)

    @reaching_the_rooms()
    def put(
        self, rooms: Iterable[Room], dry_run: bool = False, timeout: float | None = None
    ) -> ImportReport:
        with time_limit(timeout):
            new = list({room.code: room for room in rooms}.values())
            # The time limit of a request is for each answer of the server, so for each chunk.
            chunks = (new[start : start + CHUNK] for start in range(0, len(new), CHUNK))
            return sum(map(self._compare if dry_run else self._write, chunks), ImportReport())

    def optimize(self) -> None:
        # Nothing is left to do but to have the indexes.
        self.check()

    @reaching_the_rooms()
    def search(self, query: Query) -> list[Room]:
        if query.limit == 0:  # which is no limit at all to MongoDB
            return []
        if query.origin or _circles(query.filters):
            return first(self.scan(query.filters), query)
        found = self._rooms.find(
            condition(query.filters, beginning(query)),
            list(FIELDS),
            sort=order(query),
            limit=query.limit,
            batch_size=query.limit,
            max_time_ms=self._time_limit_ms,
        )
        return [to_room(document) for document in found]

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        circles = _circles(filters)
        with reaching_the_rooms():
            found = self._rooms.find(condition(filters), list(FIELDS), sort=order(Query()))
            yield from (room for room in map(to_room, found) if meets(room, circles))

    @reaching_the_rooms()
    def count(self, filters: Filters = ()) -> int:
        if _circles(filters):
            return sum(1 for _ in self.scan(filters))
        return self._rooms.count_documents(condition(filters), maxTimeMS=self._time_limit_ms)

    def facets(self, filters: Filters = ()) -> Facets:
        return facets_of(self, filters)

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        return clusters_of(self, filters, side)

    @reaching_the_rooms()
    def check(self) -> None:
        self._rooms.database.command("ping")

    def connections(self) -> Connections:
        limit = self._database.client.options.pool_options.max_pool_size
        return self._counter.connections(int(limit or 0))

    def close(self) -> None:
        self._database.client.close()

    def _explain(self, room: Room) -> NoReturn:
        """Raise what kept a write from finding the room."""
        self.get(room.code)
        raise RoomChanged(room.code)

    @cached_property
    def _rooms(self) -> Collection[Document]:
        """The collection with its indexes, which are made when the first method is called."""
        rooms = self._database["rooms"]
        try:
            rooms.create_indexes(INDEXES)
        except OperationFailure as error:
            # No room can be promised to be the only one with its code.
            raise RepositoryUnavailable from error
        return rooms

    def _write(self, rooms: list[Room]) -> ImportReport:
        writes = [
            UpdateOne({"code": room.code}, {"$set": to_document(room)}, upsert=True)
            for room in rooms
        ]
        written = self._rooms.bulk_write(writes, ordered=False)
        return ImportReport(
            written.upserted_count,
            written.modified_count,
            written.matched_count - written.modified_count,
        )

    def _compare(self, rooms: list[Room]) -> ImportReport:
        """Count what _write would do, and write nothing."""
        codes = [room.code for room in rooms]
        documents = self._rooms.find({"code": {"$in": codes}}, MEMBERS)
        there = {document["code"]: document for document in documents}
        unchanged = sum(there.get(room.code) == to_document(room) for room in rooms)
        return ImportReport(len(rooms) - len(there), len(there) - unchanged, unchanged)


def _circles(filters: Filters) -> Filters:
    """Return the conditions that MongoDB only comes near to."""
    return tuple(each for each in filters if isinstance(each, Within))
