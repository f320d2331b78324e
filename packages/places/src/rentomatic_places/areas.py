"""Countries and regions by name, which narrow a search: the part of a text after a comma."""

from collections.abc import Iterable
from typing import NamedTuple

from rentomatic_places.database import Database

_NAMED = "SELECT country, region FROM area WHERE key = ?"
_BEGINNING = "SELECT country, region FROM area WHERE key > ? AND key < ?"
WHOLE_COUNTRY = 0  # instead of the id of a region
_LAST = chr(0x10FFFF)


class Area(NamedTuple):
    """All countries and regions of one name."""

    countries: frozenset[str]
    regions: frozenset[int]

    def has(self, country: str, region: int) -> bool:
        return country in self.countries or region in self.regions


def areas_named(database: Database, keys: Iterable[str]) -> list[Area]:
    """Return the area of each name, or of names that begin with it."""
    return [_area(database, key) for key in keys]


def _area(database: Database, key: str) -> Area:
    rows = database.rows(_NAMED, (key,)) or database.rows(_BEGINNING, (key, key + _LAST))
    return Area(
        frozenset(country for country, region in rows if region == WHOLE_COUNTRY),
        frozenset(region for _, region in rows if region != WHOLE_COUNTRY),
    )
