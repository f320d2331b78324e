"""Rooms for people."""

from collections.abc import Iterable, Iterator

from rentomatic.domain import Room
from rentomatic.serializers import COLUMNS, room_to_dict


def to_table(rooms: Iterable[Room]) -> Iterator[str]:
    """Yield a line of headings and one line a room, numbers to the right."""
    rows = [COLUMNS, *(tuple(map(str, room_to_dict(room).values())) for room in rooms)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for code, *numbers in rows:
        cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
        yield "  ".join([code.ljust(widths[0]), *cells]) + "\n"
