"""The index of positions: level, band of latitude, longitude.

SQLite may lack its R*Tree module, so this is a plain index. A level has about six times as many
places as the level before, and they have fewer people.
"""

from collections.abc import Iterable

from rentomatic.domain.conditions import Box

UNITS = 10_000  # of a degree, 11 metres: the file has whole numbers
_BAND = 2_500  # units
_LEVELS = (1_000_000, 100_000, 15_000)  # people
LEVELS = range(len(_LEVELS) + 1)

# SQLite uses the index only if a statement has the same expressions.
_LEVEL = " + ".join(f"(population < {people})" for people in _LEVELS)
_BAND_OF = f"latitude / {_BAND}"
INDEX = f"CREATE INDEX place_position ON place ({_LEVEL}, {_BAND_OF}, longitude)"
_INSIDE = (
    "SELECT id, longitude, latitude, population FROM place WHERE %s IN (%s) AND %s IN (%s)"
    " AND longitude BETWEEN ? AND ? AND latitude BETWEEN ? AND ?"
)


def inside(box: Box, levels: Iterable[int]) -> tuple[str, list[int]]:
    """Return a statement with its parameters, for places of these levels in a box.

    The box must not cross the antimeridian.
    """
    west, south, east, north = (round(degrees * UNITS) for degrees in box)
    # As in SQLite, division is towards zero.
    bands = range(int(south / _BAND), int(north / _BAND) + 1)
    statement = _INSIDE % (_LEVEL, _listed(levels), _BAND_OF, _listed(bands))
    return statement, [west, east, south, north]


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
