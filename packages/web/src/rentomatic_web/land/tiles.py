"""The land of the earth as tiles of Web Mercator, read from the file that tools/land derives.

A level has 2 ** level rows and as many columns of tiles, from the north-west. The paths of level 1
suffice for a map of the world, those of level 7 for one of a city.
"""

import sys
from array import array
from bisect import bisect_left
from functools import cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

FILE = Path(__file__).with_name("land.tiles")
LEVELS = (1, 2, 3, 4, 5, 7)
UNITS = 512  # of a path, from one edge of its tile to the other
MARGIN = 4  # units by which land extends beyond the edges, so that no gap shows between tiles
ALL_LAND = "m-4-4 520 0 0 520-520 0z"
VERSION_BYTES = 16


class Land:
    """The tiles of a file: its version, the sorted keys of tiles, where each path ends, and paths.

    The numbers are little-endian, of 32 bits; their count comes first. Paths are read from the
    page cache of the system, which all processes share.
    """

    def __init__(self, file: Path) -> None:
        with file.open("rb") as opened:
            self._data = mmap(opened.fileno(), 0, access=ACCESS_READ)
        self.version = self._data[:VERSION_BYTES].decode()
        (count,) = self._numbers(VERSION_BYTES, 1)
        self._keys = self._numbers(VERSION_BYTES + 4, count)
        self._ends = self._numbers(VERSION_BYTES + 4 + 4 * count, count)
        self._paths = VERSION_BYTES + 4 + 8 * count

    def path(self, level: int, row: int, column: int) -> str:
        """Return the path of a tile for SVG, empty if it is all sea.

        A tile that is not in the file is all land if the smallest tile in the file around it is,
        and otherwise all sea.
        """
        for around in reversed(LEVELS[: LEVELS.index(level) + 1]):
            larger = level - around
            path = self._find(key_of(around, row >> larger, column >> larger))
            if path is not None:
                return path if around == level or path == ALL_LAND else ""
        return ""

    def _find(self, key: int) -> str | None:
        index = bisect_left(self._keys, key)
        if index == len(self._keys) or self._keys[index] != key:
            return None
        start = self._ends[index - 1] if index else 0
        return self._data[self._paths + start : self._paths + self._ends[index]].decode()

    def _numbers(self, offset: int, count: int) -> "array[int]":
        numbers = array("I", self._data[offset : offset + 4 * count])
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers


def key_of(level: int, row: int, column: int) -> int:
    return level << 16 | row << 8 | column


@cache
def land() -> Land:
    return Land(FILE)
