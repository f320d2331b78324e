"""Places: towns and cities, which searches name instead of coordinates."""

from typing import NamedTuple

from rentomatic.domain.conditions import Within
from rentomatic.domain.globe import Point

# The default radius of a search around a place, in metres, by its population.
RADII = ((5_000_000, 30_000), (1_000_000, 20_000), (200_000, 15_000), (50_000, 10_000))
SMALLEST_RADIUS = 5_000


class Place(NamedTuple):
    """A populated place of GeoNames.

    `country` is the code of ISO 3166-1 alpha-2; `region` is the first administrative division,
    empty if it is unknown.
    """

    id: int
    name: str
    region: str
    country: str
    country_name: str
    longitude: float
    latitude: float
    population: int

    @property
    def point(self) -> Point:
        return Point(self.longitude, self.latitude)

    @property
    def radius(self) -> int:
        """The distance in metres within which rooms belong to the place by default."""
        sizes = (radius for population, radius in RADII if self.population >= population)
        return next(sizes, SMALLEST_RADIUS)

    @property
    def circle(self) -> Within:
        """The condition for the rooms of the place, which the parameter `place` sets."""
        return Within(self.point, self.radius, "place")


class FoundPlace(NamedTuple):
    """A place, and the name of it that a text has found: 東京 or Tokyo."""

    place: Place
    name: str
