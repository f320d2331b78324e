"""Rooms in a MongoDB collection, one document per room."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import NoReturn

from pymongo import ASCENDING
from pymongo.collection import Collection
from pymongo.cursor import Cursor
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, OperationFailure

from rentomatic.domain.conditions import Filters, Within
from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.query import RELEVANCE, Query
from rentomatic.domain.references import reference_of
from rentomatic.domain.room import TIMES, Room
from rentomatic.domain.withdrawn import WithdrawnRoom
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
from rentomatic.responses import Cluster, Facet, ImportReport, LastChange
from rentomatic_mongo import withdrawn
from rentomatic_mongo.bulk import put
from rentomatic_mongo.documents import (
    READ,
    Document,
    after_cursor,
    change_to,
    condition,
    exactly,
    new_document,
    order,
    time_of,
    to_room,
)
from rentomatic_mongo.errors import translate_errors
from rentomatic_mongo.indexes import INDEXES, REFERENCE_KEY
from rentomatic_mongo.pool import PoolCounter


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
    def find_withdrawn(self, code: str) -> WithdrawnRoom | None:
        return withdrawn.find(self._rooms.database, code)

    @translate_errors()
    def add(self, room: Room) -> None:
        try:
            self._rooms.insert_one(new_document(room))
        except DuplicateKeyError as error:
            raise _conflict(error, room) from error

    @translate_errors()
    def replace(self, old: Room, new: Room) -> Room:
        try:
            result = self._rooms.update_one(exactly(old), change_to(new))
        except DuplicateKeyError as error:
            raise _conflict(error, new) from error
        if not result.matched_count:
            self._raise_missing_or_changed(old)
        return new

    @translate_errors()
    def remove(self, room: Room) -> None:
        if not self._rooms.delete_one(exactly(room)).deleted_count:
            self._raise_missing_or_changed(room)
        withdrawn.remember(self._rooms.database, [vars(room)])

    @translate_errors()
    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        return put(self._rooms, rooms, dry_run, timeout, mirror)

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

    def last_changes(
        self, after: str | None = None, until: str | None = None
    ) -> Iterator[LastChange]:
        bounds = {"$gt": after, "$lte": until}
        given = {operator: code for operator, code in bounds.items() if code is not None}
        with translate_errors():
            for document in self._by_code({"code": given} if given else {}, ("updated",)):
                yield LastChange(document["code"], time_of(document, "updated"))

    @translate_errors()
    def every_code(self, step: int) -> list[str]:
        return [each["code"] for each in islice(self._by_code({}), step - 1, None, step)]

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

    def _by_code(self, condition: Document, members: tuple[str, ...] = ()) -> Cursor[Document]:
        wanted = {"_id": False, **dict.fromkeys(("code", *members), True)}
        return self._rooms.find(condition, wanted, sort=[("code", ASCENDING)])

    def _raise_missing_or_changed(self, room: Room) -> NoReturn:
        self.get(room.code)
        raise RoomChanged(room.code)

    @cached_property
    def _rooms(self) -> Collection[Document]:
        """The collection; the first access creates all indexes."""
        rooms = self._database["rooms"]
        try:
            rooms.create_indexes(INDEXES)
            withdrawn.create_indexes(self._database)
        except OperationFailure as error:
            # Without its unique index, several rooms could have the same code.
            raise RepositoryUnavailable from error
        # Of older versions, which kept no times.
        rooms.update_many({"created": None}, {"$set": dict.fromkeys(TIMES, datetime.now(UTC))})
        return rooms


def _conflict(error: DuplicateKeyError, room: Room) -> RentomaticError:
    is_reference = REFERENCE_KEY in str(error)
    return ReferenceConflict(reference_of(room)) if is_reference else RoomConflict(room.code)


def _circles(filters: Filters) -> Filters:
    """Return the circles, which `condition` replaces by boxes."""
    return tuple(each for each in filters if isinstance(each, Within))
