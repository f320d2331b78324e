"""A gazetteer with a few places, for tests of those who ask one."""

from collections.abc import Sequence

from rentomatic.domain.conditions import Box
from rentomatic.domain.globe import Point
from rentomatic.domain.places import FoundPlace, Place
from rentomatic.domain.words import fold

KRAKOW = Place(3094802, "Kraków", "Lesser Poland", "PL", "Poland", 19.93658, 50.06143, 816614)
CAMBRIDGE = Place(2653941, "Cambridge", "England", "GB", "United Kingdom", 0.11667, 52.2, 145674)
CAMBRIDGE_US = Place(
    4931972, "Cambridge", "Massachusetts", "US", "United States", -71.10561, 42.3751, 110402
)
PLACES = (KRAKOW, CAMBRIDGE, CAMBRIDGE_US)


class FewPlaces:
    """A Gazetteer of PLACES, by their main names."""

    attribution = "Names of places"

    def __init__(self) -> None:
        self.near: Sequence[Point] = ()

    def get(self, place_id: int) -> Place | None:
        return next((place for place in PLACES if place.id == place_id), None)

    def find(self, text: str, limit: int, near: Sequence[Point] = ()) -> list[FoundPlace]:
        self.near = near
        found = (place for place in PLACES if fold(place.name).startswith(fold(text)))
        return [FoundPlace(place, place.name) for place in found][:limit]

    def nearest(self, point: Point) -> Place | None:
        return min(PLACES, key=point.distance)

    def inside(self, box: Box, limit: int) -> list[Place]:
        return [place for place in PLACES if box.west <= place.longitude <= box.east][:limit]
