"""Codes of rooms that are identified by a source and its reference."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID, uuid5

from rentomatic.domain.room import Room
from rentomatic.errors import ReferenceConflict

# UUIDv5 (RFC 9562, section 5.5) of "rentomatic" in the namespace of DNS names.
NAMESPACE = UUID("0c81c724-94ed-5f5a-ae16-7169918a439c")


class Reference(NamedTuple):
    """The id of an offer at its source; no two rooms have the same."""

    source: str
    reference: str


def reference_of(room: Room) -> Reference | None:
    """Return the reference of the room, or None if it or the source is missing."""
    if room.source is None or room.reference is None:
        return None
    return Reference(room.source, room.reference)


def add_references(codes: dict[Reference, str], rooms: Iterable[Room]) -> None:
    """Add the codes of rooms by their references, or raise ReferenceConflict."""
    for room in rooms:
        reference = reference_of(room)
        if reference and codes.setdefault(reference, room.code) != room.code:
            raise ReferenceConflict(reference)


def code_of(source: str, reference: str) -> str:
    """Return the code of the room with this reference at this source.

    It is the UUIDv5 of the reference; its namespace is the UUIDv5 of the source in NAMESPACE.
    """
    return str(uuid5(uuid5(NAMESPACE, source), reference))
