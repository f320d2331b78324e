"""The map of a page as the server draws it: pins, a grid, and links that move it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import asinh, atan, ceil, degrees, floor, log10, pi, radians, sinh, tan

from rentomatic.domain.conditions import Box
from rentomatic.domain.room import Room

WIDTH, HEIGHT = 640.0, 480.0
HIGHEST = 85.0  # degrees, where the projection is about to leave the plane
NARROWEST = 1e-5  # degrees of longitude, a metre
STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True)
class View:
    """What a map shows: its middle and its width, in the plane of Web Mercator (EPSG:3857).

    Both axes are in units of the equator's length, from the meridian of Greenwich.
    """

    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        """Return how much of the plane is seen from top to bottom."""
        return self.width * HEIGHT / WIDTH

    def box(self) -> Box:
        """Return what is seen, as the search has it."""
        if self.width >= 1:
            west, east = -180.0, 180.0
        else:
            west, east = ((self.x + half) * 360 for half in (-self.width / 2, self.width / 2))
            west, east = _turned(west), _turned(east)
        south, north = self.y - self.height / 2, self.y + self.height / 2
        return Box(west, _latitude(south), east, _latitude(north))

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a place is in the picture, in its own units from the upper left corner."""
        turns = (longitude / 360 - self.x + 0.5) % 1 - 0.5  # the way round that is shorter
        scale = WIDTH / self.width
        return WIDTH / 2 + turns * scale, HEIGHT / 2 - (_y(latitude) - self.y) * scale

    def moved(self, right: float, up: float) -> "View":
        """Return the view so many of its own widths and heights away."""
        x = (self.x + right * self.width + 0.5) % 1 - 0.5
        limit = _y(HIGHEST)
        return View(x, min(max(self.y + up * self.height, -limit), limit), self.width)

    def zoomed(self, factor: float) -> "View":
        """Return the view of the same middle that is so many times as wide."""
        return View(self.x, self.y, min(max(self.width * factor, NARROWEST / 360), 1.0))


def view_of(box: Box) -> View:
    """Return the smallest view that has the whole box in it."""
    west, south, east, north = box
    east += 360 if west > east else 0
    low, high = _y(south), _y(north)
    width = max((east - west) / 360, (high - low) * WIDTH / HEIGHT, NARROWEST / 360)
    return View(_turned((west + east) / 2) / 360, (low + high) / 2, min(width, 1.0))


def box_of(rooms: Iterable[Room]) -> Box:
    """Return the narrowest box with all of these rooms in it, and a margin around them.

    It begins behind the widest gap between longitudes, so it may cross the antimeridian.
    """
    places = [(room.longitude, room.latitude) for room in rooms]
    if not places:
        return Box(-180.0, -HIGHEST, 180.0, HIGHEST)
    longitudes = sorted({each for each, _ in places})
    latitudes = [min(max(each, -HIGHEST), HIGHEST) for _, each in places]
    gaps = [(east - west) % 360 for west, east in pairwise([*longitudes, longitudes[0]])]
    place = max(range(len(gaps)), key=lambda each: gaps[each] or 360)
    west = longitudes[(place + 1) % len(longitudes)]
    width = 360 - (gaps[place] or 360)
    margin = max(width, max(latitudes) - min(latitudes), 0.01) / 10
    south, north = max(min(latitudes) - margin, -HIGHEST), min(max(latitudes) + margin, HIGHEST)
    if width + 2 * margin >= 360:
        return Box(-180.0, south, 180.0, north)
    return Box(_turned(west - margin), south, _turned(west + width + margin), north)


def grid(view: View) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Return the meridians and parallels that the map shows: where, and how they are called."""
    west, south, east, north = view.box()
    east += 360 if west >= east else 0
    step = _step((east - west) / 5)
    meridians = [
        (view.place(_turned(each), 0)[0], _degrees(_turned(each), "E", "W", step))
        for each in _multiples(west, east, step)
    ]
    parallels = [
        (view.place(0, each)[1], _degrees(each, "N", "S", step))
        for each in _multiples(south, north, step)
    ]
    return meridians, parallels


def _step(about: float) -> float:
    """Return a round number of degrees, not less than about so many."""
    power = 1e-6
    while power * STEPS[-1] < about:
        power *= 10
    return next(power * step for step in STEPS if power * step >= about)


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [step * n for n in range(ceil(low / step), floor(high / step) + 1)]


def _degrees(value: float, positive: str, negative: str, step: float) -> str:
    digits = max(0, ceil(round(-log10(step), 6)))
    text = f"{abs(value):.{digits}f}"
    return f"{text}°{(positive if value > 0 else negative) if float(text) else ''}"


def _y(latitude: float) -> float:
    within = min(max(latitude, -HIGHEST), HIGHEST)
    return asinh(tan(radians(within))) / (2 * pi)


def _latitude(y: float) -> float:
    return min(max(degrees(atan(sinh(2 * pi * y))), -90.0), 90.0)


def _turned(longitude: float) -> float:
    return (longitude + 180) % 360 - 180
