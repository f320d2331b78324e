"""Rooms as a table for people."""

from collections.abc import Iterable, Iterator

from rentomatic.domain.globe import Point
from rentomatic.domain.room import Room
from rentomatic.serializers.rooms import columns, room_to_dict
from rentomatic.terminal_text import aligned


def to_table(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield a line of headings and one line a room, numbers to the right."""
    rows = [columns(near), *(tuple(map(str, room_to_dict(room, near).values())) for room in rooms)]
    return aligned(rows, ("<", *">" * (len(rows[0]) - 1)))
