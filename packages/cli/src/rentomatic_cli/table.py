"""Rooms for people."""

from collections.abc import Iterable, Iterator

from rentomatic.domain import Room
from rentomatic.points import Point
from rentomatic.serializers import columns, room_to_dict


def to_table(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield a line of headings and one line a room, numbers to the right."""
    rows = [columns(near), *(tuple(map(str, room_to_dict(room, near).values())) for room in rooms)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for code, *numbers in rows:
        cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
        yield "  ".join([code.ljust(widths[0]), *cells]) + "\n"
