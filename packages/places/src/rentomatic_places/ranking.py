"""The order of the names that a text has found."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import dist
from operator import itemgetter
from typing import NamedTuple

from rentomatic.domain.globe import Point, chord, unit_vector
from rentomatic_places.areas import Area
from rentomatic_places.lists import LATER_WORD, OWN, Name
from rentomatic_places.positions import UNITS

# Costs are comparable to the importance of places: 10 are a tenth of the people.
ALTERNATE = 12  # the text is another name of the place
CODE = 45  # it is the code of an airport, such as LAX
INCOMPLETE = 50  # it is the beginning of the place's own name
LATER = 60  # it is the beginning of a later word of the name
INCOMPLETE_ALTERNATE = 65  # it is the beginning of another name
FAR = 30  # there are no rooms within FAR_METRES
FAR_METRES = 300_000
_REACH = chord(FAR_METRES)


class Target(NamedTuple):
    """The values of a place that decide its order."""

    importance: int
    longitude: int
    latitude: int
    region: int
    country: str

    def is_in(self, areas: Iterable[Area]) -> bool:
        return all(area.has(self.country, self.region) for area in areas)


class Ranking:
    """Compares the names that a key has found; the best name costs least."""

    def __init__(self, key: str, near: Sequence[Point]) -> None:
        self._key = key
        # In the order of their latitudes, so that few are compared with a place.
        self._near = sorted(map(unit_vector, near), key=itemgetter(2))
        self._heights = [height for *_, height in self._near]

    def cost(self, name: Name, target: Target) -> float:
        return (
            cost_of_name(name, name.key == self._key)
            + self._cost_of_distance(target)
            - target.importance
        )

    def _cost_of_distance(self, target: Target) -> float:
        if not self._near:
            return 0
        place = unit_vector(Point(target.longitude / UNITS, target.latitude / UNITS))
        start = bisect_left(self._heights, place[2] - _REACH)
        end = bisect_right(self._heights, place[2] + _REACH)
        nearest = min((dist(place, each) for each in self._near[start:end]), default=_REACH)
        return FAR * min(1.0, nearest / _REACH)


def cost_of_name(name: Name, is_complete: bool) -> int:
    if name.text == LATER_WORD:
        return LATER
    if name.text == OWN:
        return 0 if is_complete else INCOMPLETE
    if is_complete:
        return CODE if name.is_code else ALTERNATE
    return INCOMPLETE_ALTERNATE
