"""The Gazetteer of the core, in a SQLite file."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from rentomatic.domain.conditions import Box, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.places import FoundPlace, Place
from rentomatic_places import positions
from rentomatic_places.database import Database
from rentomatic_places.finding import find
from rentomatic_places.positions import LEVELS, UNITS

# Metres: in most towns, there is a place within the first, which has few places to compare.
DISTANCES = (8_000, 50_000)

_PLACES = (
    "SELECT place.id, place.name, region.name, country.code, country.name,"
    " place.longitude, place.latitude, place.population"
    " FROM place JOIN region ON region.id = place.region"
    " JOIN country ON country.code = region.country"
    " WHERE place.id IN (%s)"
)


class Position(NamedTuple):
    """The position of a place, and the number of its people."""

    id: int
    longitude: float
    latitude: float
    population: int


class SqliteGazetteer:
    """Places of GeoNames in a read-only file, which all processes share."""

    attribution = "Places: GeoNames, CC BY 4.0"

    def __init__(self) -> None:
        self._database = Database()

    def get(self, place_id: int) -> Place | None:
        return next(iter(self._places([place_id])), None)

    def find(self, text: str, limit: int, near: Sequence[Point] = ()) -> list[FoundPlace]:
        names = find(self._database, text, near)[:limit]
        places = self._places([name.place for name in names])
        return [
            FoundPlace(place, name.text or place.name)
            for place, name in zip(places, names, strict=True)
        ]

    def nearest(self, point: Point) -> Place | None:
        for metres in DISTANCES:
            places = self._positions(Within(point, metres).box, LEVELS)
            nearest = min(places, key=point.distance, default=None)
            if nearest is not None and point.distance(nearest) <= metres:
                return self.get(nearest.id)
        return None

    def inside(self, box: Box, limit: int) -> list[Place]:
        found: list[Position] = []
        for level in LEVELS:
            if len(found) < limit:
                largest = sorted(self._positions(box, [level]), key=lambda each: -each.population)
                found += largest[: limit - len(found)]
        return self._places([each.id for each in found])

    def _positions(self, box: Box, levels: Iterable[int]) -> Iterator[Position]:
        for part in box.parts:
            for place_id, longitude, latitude, population in self._database.rows(
                *positions.inside(part, levels)
            ):
                yield Position(place_id, longitude / UNITS, latitude / UNITS, population)

    def _places(self, ids: list[int]) -> list[Place]:
        """Return the places with these ids, in their order."""
        # SQLite before 3.32 has at most 999 parameters, and boxes have more places.
        rows = self._database.rows(_PLACES % ",".join(map(str, ids)))
        places = {row[0]: _place(row) for row in rows}
        return [places[each] for each in ids if each in places]


def _place(row: tuple[Any, ...]) -> Place:
    *texts, longitude, latitude, population = row
    return Place._make((*texts, longitude / UNITS, latitude / UNITS, population))
