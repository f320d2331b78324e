"""The file of tiles, which rentomatic_web.land.tiles reads."""

import hashlib
import struct
from itertools import accumulate, product

from rentomatic_web.land.tiles import ALL_LAND, LEVELS, VERSION_BYTES, key_of
from tools.land.pyramid import Tile


def pack(tiles: dict[Tile, str]) -> bytes:
    """Return the bytes of the file, without tiles that follow from larger ones."""
    paths = {key_of(*tile): path for tile, path in _stored(tiles).items()}
    keys = sorted(paths)
    ends = accumulate(len(paths[key]) for key in keys)
    numbers = struct.pack(f"<{1 + 2 * len(keys)}I", len(keys), *keys, *ends)
    data = numbers + "".join(paths[key] for key in keys).encode()
    version = hashlib.sha256(data).hexdigest()[:VERSION_BYTES]
    return version.encode() + data


def _stored(tiles: dict[Tile, str]) -> dict[Tile, str]:
    stored: dict[Tile, str] = {}
    for level in LEVELS:
        for row, column in product(range(1 << level), repeat=2):
            path = tiles.get((level, row, column), "")
            if path != _inherited(stored, level, row, column):
                stored[level, row, column] = path
    return stored


def _inherited(stored: dict[Tile, str], level: int, row: int, column: int) -> str:
    """Return the path of a tile that is not in the file."""
    larger = [each for each in reversed(LEVELS) if each < level]
    around = ((each, row >> level - each, column >> level - each) for each in larger)
    path = next((stored[each] for each in around if each in stored), "")
    return path if path == ALL_LAND else ""
