"""The protocol of a gazetteer: names and positions of places. It is read-only."""

from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import Protocol, cast

from rentomatic.domain.conditions import Box
from rentomatic.domain.globe import Point
from rentomatic.domain.places import FoundPlace, Place

GROUP = "rentomatic.gazetteers"


class Gazetteer(Protocol):
    """Places by id, by name and by position."""

    attribution: str  # of the data, which has to be shown with it

    def get(self, place_id: int) -> Place | None:
        """Return the place with that id, or None."""

    def find(self, text: str, limit: int, near: Sequence[Point] = ()) -> list[FoundPlace]:
        """Return places with words that begin with the words of the text, the best first.

        Case, accents, punctuation and script do not matter. After a comma, the text may name a
        region or a country: `Cambridge, US`. Complete names come first, then places with many
        people and places that are close to one of the points `near`.
        """

    def nearest(self, point: Point) -> Place | None:
        """Return the place nearest to the point, or None if it is farther than 50 km."""

    def inside(self, box: Box, limit: int) -> list[Place]:
        """Return the places with the most people inside the box or on its edges."""


class NoPlaces:
    """A Gazetteer without places, if no package has any."""

    attribution = ""

    def get(self, place_id: int) -> Place | None:  # noqa: ARG002
        return None

    def find(self, text: str, limit: int, near: Sequence[Point] = ()) -> list[FoundPlace]:  # noqa: ARG002
        return []

    def nearest(self, point: Point) -> Place | None:  # noqa: ARG002
        return None

    def inside(self, box: Box, limit: int) -> list[Place]:  # noqa: ARG002
        return []


NO_PLACES = NoPlaces()


def open_gazetteer() -> Gazetteer:
    """Return the gazetteer of the installed package that has one; it opens no file before use."""
    for point in entry_points(group=GROUP):
        return cast(Gazetteer, point.load()())
    return NO_PLACES
