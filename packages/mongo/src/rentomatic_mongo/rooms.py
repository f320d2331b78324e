"""Rooms in a MongoDB collection, one document per room."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import NoReturn

import pymongo
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure
from pymongo.results import BulkWriteResult

from rentomatic.domain.conditions import Filters, Within
from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.query import RELEVANCE, Query
from rentomatic.domain.references import reference_of
from rentomatic.domain.room import FIELDS, REQUIRED, TIMES, Room
from rentomatic.errors import (
    ReferenceConflict,
    RentomaticError,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
)
from rentomatic.repository.clusters import clusters_of
from rentomatic.repository.facets import (
    counts_without_of,
    facet_of,
    used_fields_of,
    word_counts_of,
)
from rentomatic.repository.matching import meets, page_of
from rentomatic.repository.protocols import Connections
from rentomatic.repository.unknown_values import NULLABLE, search_unknown_apart
from rentomatic.responses import Cluster, Facet, ImportReport, withdrawal
from rentomatic_mongo.documents import (
    WORDS,
    Document,
    after_cursor,
    change_to,
    condition,
    exactly,
    order,
    to_document,
    to_room,
)
from rentomatic_mongo.errors import translate_errors
from rentomatic_mongo.pool import PoolCounter

REFERENCE_KEY = "source_reference_unique"
INDEXES = [
    IndexModel("code", unique=True),
    *(
        IndexModel([(name, ASCENDING), ("code", ASCENDING)])
        for name in (*REQUIRED, *TIMES)
        if name != "code"
    ),
    *(
        IndexModel(name, sparse=True)
        for name in ("kind", "capacity", "min_nights", "features", WORDS)
    ),
    IndexModel(
        [("source", ASCENDING), ("reference", ASCENDING)],
        name=REFERENCE_KEY,
        unique=True,
        partialFilterExpression={"reference": {"$exists": True}, "source": {"$exists": True}},
    ),
]
READ = [*FIELDS, *TIMES]
MAX_CHUNK_ROOMS = 250


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
        document = self._rooms.find_one({"code": code}, READ)
        if document is None:
            raise RoomNotFound(code)
        return to_room(document)

    @translate_errors()
    def add(self, room: Room) -> None:
        try:
            self._rooms.insert_one(to_document(room) | dict.fromkeys(TIMES, _now()))
        except DuplicateKeyError as error:
            raise _conflict(error, room) from error

    @translate_errors()
    def replace(self, old: Room, new: Room) -> None:
        try:
            result = self._rooms.update_one(exactly(old), change_to(new, _now()))
        except DuplicateKeyError as error:
            raise _conflict(error, new) from error
        if not result.matched_count:
            self._raise_missing_or_changed(old)

    @translate_errors()
    def remove(self, room: Room) -> None:
        if not self._rooms.delete_one(exactly(room)).deleted_count:
            self._raise_missing_or_changed(room)

    @translate_errors()
    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        with pymongo.timeout(timeout):
            new = list({room.code: room for room in rooms}.values())
            # socketTimeoutMS limits each response of the server, so no response covers all rooms.
            starts = range(0, len(new), MAX_CHUNK_ROOMS)
            chunks = (new[start : start + MAX_CHUNK_ROOMS] for start in starts)
            gone = self._gone(mirror, {room.code for room in new}, dry_run) if mirror else []
            # First, because other rooms may get the references of those that are withdrawn.
            for start in range(0, 0 if dry_run else len(gone), MAX_CHUNK_ROOMS):
                self._rooms.delete_many({"code": {"$in": gone[start : start + MAX_CHUNK_ROOMS]}})
            report = sum(map(self._compare if dry_run else self._write, chunks), ImportReport())
            return report + withdrawal(gone)

    def optimize(self) -> None:
        # MongoDB needs no cleanup after bulk writes; this only creates missing indexes.
        self.check()

    @translate_errors()
    def search(self, query: Query) -> list[Room]:
        if query.limit == 0:  # MongoDB reads limit 0 as no limit
            return []
        if query.origin or query.sort == RELEVANCE or _circles(query.filters):
            return page_of(self.scan(query.filters), query)
        if query.sort in NULLABLE:
            return search_unknown_apart(self._search, query)
        return self._search(query)

    def _search(self, query: Query) -> list[Room]:
        found = self._rooms.find(
            condition(query.filters, after_cursor(query)),
            READ,
            sort=order(query),
            limit=query.limit,
            batch_size=query.limit,
            max_time_ms=self._statement_timeout_ms,
        )
        return [to_room(document) for document in found]

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        circles = _circles(filters)
        with translate_errors():
            found = self._rooms.find(condition(filters), READ, sort=order(Query()))
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

    def word_counts(self, filters: Filters, field: str) -> dict[str, int]:
        return word_counts_of(self, filters, field)

    def used_fields(self) -> tuple[str, ...]:
        return used_fields_of(self)

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
        # Of older versions, which kept no times.
        rooms.update_many({"created": None}, {"$set": dict.fromkeys(TIMES, _now())})
        return rooms

    def _gone(self, mirror: Mirror, put: set[str], dry_run: bool) -> list[str]:
        """Return the codes of the rooms that the mirror withdraws, in order."""
        found = self._rooms.find({"source": mirror.source}, ["code"], sort=[("code", ASCENDING)])
        codes = [document["code"] for document in found]
        gone = [code for code in codes if code not in put and code not in mirror.kept]
        if not dry_run:
            mirror.check(len(gone), len(codes))
        return gone

    def _write(self, rooms: list[Room]) -> ImportReport:
        created = updated = 0
        # Another process may write the same rooms: then their state is compared again.
        while writes := list(self._writes(rooms)):
            result = self._bulk_write(writes)
            created += result.upserted_count
            updated += result.modified_count
        return ImportReport(created, updated, len(rooms) - created - updated)

    def _writes(self, rooms: list[Room]) -> Iterator[UpdateOne]:
        """Yield the writes for rooms that are new or differ from the stored ones."""
        stored = self._stored(rooms)
        for room in rooms:
            document = stored.get(room.code)
            if document is None:
                yield _creation(room)
            elif to_room(document) != room:
                unchanged = {"code": room.code, "updated": document.get("updated")}
                yield UpdateOne(unchanged, change_to(room, _now()))

    def _bulk_write(self, writes: Iterable[UpdateOne]) -> BulkWriteResult:
        try:
            return self._rooms.bulk_write(list(writes), ordered=False)
        except BulkWriteError as error:
            raise _bulk_error(error) from error

    def _compare(self, rooms: list[Room]) -> ImportReport:
        """Count the changes that _write would make."""
        stored = self._stored(rooms)
        unchanged = sum(to_room(stored[r.code]) == r for r in rooms if r.code in stored)
        return ImportReport(len(rooms) - len(stored), len(stored) - unchanged, unchanged)

    def _stored(self, rooms: list[Room]) -> dict[str, Document]:
        """Return the documents of these rooms by code."""
        codes = [room.code for room in rooms]
        found = self._rooms.find({"code": {"$in": codes}}, READ)
        return {document["code"]: document for document in found}


def _creation(room: Room) -> UpdateOne:
    document = to_document(room) | dict.fromkeys(TIMES, _now())
    return UpdateOne({"code": room.code}, {"$setOnInsert": document}, upsert=True)


def _now() -> datetime:
    return datetime.now(UTC)


def _conflict(error: DuplicateKeyError, room: Room) -> RentomaticError:
    is_reference = REFERENCE_KEY in str(error)
    return ReferenceConflict(reference_of(room)) if is_reference else RoomConflict(room.code)


def _bulk_error(error: BulkWriteError) -> Exception:
    messages = [each["errmsg"] for each in error.details["writeErrors"]]
    return ReferenceConflict() if any(REFERENCE_KEY in each for each in messages) else error


def _circles(filters: Filters) -> Filters:
    """Return the circles, which `condition` replaces by boxes."""
    return tuple(each for each in filters if isinstance(each, Within))
