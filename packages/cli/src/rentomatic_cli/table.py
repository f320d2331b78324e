"""Rooms as a table for people."""

from collections.abc import Iterable, Iterator

from rentomatic.alignment import aligned
from rentomatic.domain import Room
from rentomatic.points import Point
from rentomatic.serializers import columns, room_to_dict


def to_table(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield a line of headings and one line a room, numbers to the right."""
    rows = [columns(near), *(tuple(map(str, room_to_dict(room, near).values())) for room in rooms)]
    return aligned(rows, ("<", *">" * (len(rows[0]) - 1)))
