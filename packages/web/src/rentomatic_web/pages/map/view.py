"""The map as the server draws it: projection, bounding boxes and grid lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import asinh, atan, ceil, degrees, floor, log10, pi, radians, sinh, tan

from rentomatic.domain.conditions import Box
from rentomatic.domain.globe import Position
from rentomatic.domain.room import Room

WIDTH, HEIGHT = 640.0, 480.0
MAX_LATITUDE = 85.0  # degrees: Web Mercator is infinite at the poles
MIN_WIDTH = 1e-5  # degrees of longitude, about one metre
GRID_STEPS = (1.0, 2.0, 5.0)  # degrees between lines, times powers of ten


@dataclass(frozen=True)
class View:
    """The visible part of a map: centre and width, projected by Web Mercator (EPSG:3857).

    The unit is the length of the equator; x is 0 at Greenwich, and y is 0 at the equator.
    """

    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        return self.width * HEIGHT / WIDTH

    def box(self) -> Box:
        """Return the visible part in degrees."""
        if self.width >= 1:
            west, east = -180.0, 180.0
        else:
            west, east = ((self.x + half) * 360 for half in (-self.width / 2, self.width / 2))
            west, east = _wrapped(west), _wrapped(east)
        south, north = self.y - self.height / 2, self.y + self.height / 2
        return Box(west, _latitude(south), east, _latitude(north))

    def project(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return x and y in the image, in its units, from the upper left corner."""
        turns = (longitude / 360 - self.x + 0.5) % 1 - 0.5  # the shorter way around the earth
        scale = WIDTH / self.width
        return WIDTH / 2 + turns * scale, HEIGHT / 2 - (_y(latitude) - self.y) * scale

    def position(self, place: Position) -> tuple[float, float]:
        """Return x and y in the image, rounded to tenths of its units."""
        x, y = self.project(place.longitude, place.latitude)
        return round(x, 1), round(y, 1)

    def moved(self, right: float, up: float) -> "View":
        """Return the view moved by multiples of its width and height."""
        x = (self.x + right * self.width + 0.5) % 1 - 0.5
        limit = _y(MAX_LATITUDE)
        return View(x, min(max(self.y + up * self.height, -limit), limit), self.width)

    def zoomed(self, factor: float) -> "View":
        """Return the view with the same centre and its width multiplied by `factor`."""
        return View(self.x, self.y, min(max(self.width * factor, MIN_WIDTH / 360), 1.0))


def view_of(box: Box) -> View:
    """Return the smallest view that contains the box."""
    west, south, east, north = box
    east += 360 if west > east else 0
    low, high = _y(south), _y(north)
    width = max((east - west) / 360, (high - low) * WIDTH / HEIGHT, MIN_WIDTH / 360)
    return View(_wrapped((west + east) / 2) / 360, (low + high) / 2, min(width, 1.0))


def box_of(rooms: Iterable[Room]) -> Box:
    """Return the smallest box that contains the rooms, with a margin of a tenth.

    It excludes the widest gap between longitudes, so it may cross the antimeridian.
    """
    points = [(room.longitude, room.latitude) for room in rooms]
    if not points:
        return Box(-180.0, -MAX_LATITUDE, 180.0, MAX_LATITUDE)
    longitudes = sorted({each for each, _ in points})
    latitudes = [min(max(each, -MAX_LATITUDE), MAX_LATITUDE) for _, each in points]
    gaps = [(east - west) % 360 for west, east in pairwise([*longitudes, longitudes[0]])]
    widest = max(range(len(gaps)), key=lambda each: gaps[each] or 360)
    west = longitudes[(widest + 1) % len(longitudes)]
    width = 360 - (gaps[widest] or 360)
    margin = max(width, max(latitudes) - min(latitudes), 0.01) / 10
    south = max(min(latitudes) - margin, -MAX_LATITUDE)
    north = min(max(latitudes) + margin, MAX_LATITUDE)
    if width + 2 * margin >= 360:
        return Box(-180.0, south, 180.0, north)
    return Box(_wrapped(west - margin), south, _wrapped(west + width + margin), north)


def grid(view: View) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Return the visible meridians (x, label) and parallels (y, label)."""
    west, south, east, north = view.box()
    east += 360 if west >= east else 0
    step = _step((east - west) / 5)
    meridians = [
        (
            round(view.project(_wrapped(each), 0)[0], 1),
            _degree_label(_wrapped(each), "E", "W", step),
        )
        for each in _multiples(west, east, step)
    ]
    parallels = [
        (round(view.project(0, each)[1], 1), _degree_label(each, "N", "S", step))
        for each in _multiples(south, north, step)
    ]
    return meridians, parallels


def _step(at_least: float) -> float:
    """Return the smallest round number of degrees that is not less than `at_least`."""
    power = 1e-6
    while power * GRID_STEPS[-1] < at_least:
        power *= 10
    return next(power * step for step in GRID_STEPS if power * step >= at_least)


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [step * n for n in range(ceil(low / step), floor(high / step) + 1)]


def _degree_label(value: float, positive: str, negative: str, step: float) -> str:
    digits = max(0, ceil(round(-log10(step), 6)))
    text = f"{abs(value):.{digits}f}"
    return f"{text}°{(positive if value > 0 else negative) if float(text) else ''}"


def _y(latitude: float) -> float:
    within = min(max(latitude, -MAX_LATITUDE), MAX_LATITUDE)
    return asinh(tan(radians(within))) / (2 * pi)


def _latitude(y: float) -> float:
    return min(max(degrees(atan(sinh(2 * pi * y))), -90.0), 90.0)


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180
