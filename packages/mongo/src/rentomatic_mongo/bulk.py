"""Bulk upsert of rooms, in several writes of a limited size."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TypeVar

import pymongo
from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError
from pymongo.results import BulkWriteResult

from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.references import Reference, add_references
from rentomatic.domain.room import Room
from rentomatic.errors import ReferenceConflict
from rentomatic.responses import ImportReport, withdrawal
from rentomatic_mongo import withdrawn
from rentomatic_mongo.documents import READ, Document, change_to, new_document, to_room
from rentomatic_mongo.indexes import REFERENCE_KEY

MAX_CHUNK_ROOMS = 250

Rooms = Collection[Document]
T = TypeVar("T")


def put(
    collection: Rooms,
    rooms: Iterable[Room],
    dry_run: bool,
    timeout: float | None,
    mirror: Mirror | None,
) -> ImportReport:
    """Implement `RoomRepository.put`."""
    with pymongo.timeout(timeout):
        new = list({room.code: room for room in rooms}.values())
        codes = {room.code for room in new}
        gone = mirror.withdrawn(_of(collection, mirror.source), codes, dry_run) if mirror else []
        releasing = _releasing(collection, new, codes.union(gone))
        if not dry_run:
            # First, because other rooms get their references.
            for chunk in _chunks(gone):
                _withdraw(collection, chunk)
            # An interrupted import leaves the code as the reference; the next one replaces it.
            for chunk in _chunks(releasing):
                collection.bulk_write(
                    [UpdateOne({"code": code}, {"$set": {"reference": code}}) for code in chunk]
                )
        write = partial(_compare if dry_run else _write, collection)
        return sum(map(write, _chunks(new)), ImportReport()) + withdrawal(gone)


def _withdraw(collection: Rooms, codes: list[str]) -> None:
    condition = {"code": {"$in": codes}}
    gone = list(collection.find(condition, withdrawn.REMEMBERED_FIELDS))
    collection.delete_many(condition)
    withdrawn.remember(collection.database, gone)


def _of(collection: Rooms, source: str) -> list[str]:
    return [document["code"] for document in collection.find({"source": source}, ["code"])]


def _releasing(collection: Rooms, rooms: list[Room], written: set[str]) -> list[str]:
    """Return the codes of rooms whose reference one of `rooms` gets.

    Raises ReferenceConflict if such a room is not among the `written` codes.
    """
    wanted: dict[Reference, str] = {}
    add_references(wanted, rooms)
    codes = []
    for chunk in _chunks(list(wanted)):
        values = zip(Reference._fields, map(list, zip(*chunk, strict=True)), strict=True)
        condition = {name: {"$in": each} for name, each in values}
        for document in collection.find(condition, ["code", *Reference._fields]):
            reference = Reference(document["source"], document["reference"])
            if wanted.get(reference, document["code"]) == document["code"]:
                continue
            if document["code"] not in written:
                raise ReferenceConflict(reference)
            codes.append(document["code"])
    return codes


def _write(collection: Rooms, rooms: list[Room]) -> ImportReport:
    created = updated = 0
    # Another process may write the same rooms: then their state is compared again.
    while writes := list(_writes(collection, rooms)):
        result = _bulk_write(collection, writes)
        created += result.upserted_count
        updated += result.modified_count
    return ImportReport(created, updated, len(rooms) - created - updated)


def _writes(collection: Rooms, rooms: list[Room]) -> Iterator[UpdateOne]:
    """Yield the writes for rooms that are new or differ from the stored ones."""
    stored = _stored(collection, rooms)
    for room in rooms:
        document = stored.get(room.code)
        if document is None:
            creation = {"$setOnInsert": new_document(room)}
            yield UpdateOne({"code": room.code}, creation, upsert=True)
        elif to_room(document) != room:
            unchanged = {"code": room.code, "updated": document.get("updated")}
            yield UpdateOne(unchanged, change_to(room))


def _bulk_write(collection: Rooms, writes: Iterable[UpdateOne]) -> BulkWriteResult:
    try:
        return collection.bulk_write(list(writes), ordered=False)
    except BulkWriteError as error:
        raise _bulk_error(error) from error


def _compare(collection: Rooms, rooms: list[Room]) -> ImportReport:
    """Count the changes that _write would make."""
    stored = _stored(collection, rooms)
    unchanged = sum(to_room(stored[r.code]) == r for r in rooms if r.code in stored)
    return ImportReport(len(rooms) - len(stored), len(stored) - unchanged, unchanged)


def _stored(collection: Rooms, rooms: list[Room]) -> dict[str, Document]:
    """Return the documents of these rooms by code."""
    codes = [room.code for room in rooms]
    found = collection.find({"code": {"$in": codes}}, READ)
    return {document["code"]: document for document in found}


def _bulk_error(error: BulkWriteError) -> Exception:
    messages = [each["errmsg"] for each in error.details["writeErrors"]]
    return ReferenceConflict() if any(REFERENCE_KEY in each for each in messages) else error


def _chunks(items: list[T]) -> Iterator[list[T]]:
    """Split a list: socketTimeoutMS limits each response, so none may cover all items."""
    starts = range(0, len(items), MAX_CHUNK_ROOMS)
    return (items[start : start + MAX_CHUNK_ROOMS] for start in starts)
