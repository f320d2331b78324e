"""Tables for people."""

from collections.abc import Iterable, Iterator, Sequence

from rentomatic.domain import Room
from rentomatic.points import Point
from rentomatic.serializers import columns, room_to_dict


def to_table(rooms: Iterable[Room], near: Point | None = None) -> Iterator[str]:
    """Yield a line of headings and one line a room, numbers to the right."""
    rows = [columns(near), *(tuple(map(str, room_to_dict(room, near).values())) for room in rooms)]
    return aligned(rows, ("<", *">" * (len(rows[0]) - 1)))


def aligned(rows: Sequence[Sequence[str]], sides: Sequence[str]) -> Iterator[str]:
    """Yield a line for each row, its cells at the left (<) or right (>) side of their columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, sides, widths, strict=True)
        yield "  ".join(f"{cell:{side}{width}}" for cell, side, width in cells).rstrip() + "\n"
