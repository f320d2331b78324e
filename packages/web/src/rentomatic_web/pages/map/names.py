"""Names of the places in view, in the server's map."""

from collections.abc import Iterable
from typing import NamedTuple
from unicodedata import east_asian_width

from rentomatic.domain.places import Place
from rentomatic_web.pages.map.view import HEIGHT, WIDTH, View

LARGE = 1_000_000  # people
FONT_SIZE, LARGE_SIZE = 12, 14  # as in pages.css
LETTER_WIDTH = 0.58  # of the font size: a little more than the average
GAP = 8  # from a place to its name

Area = tuple[float, float, float, float]  # left, top, right, bottom


class Name(NamedTuple):
    """The name of a place, which is at `x` and `y`, in units of the image.

    The name is to the right of the place or, if `is_left`, to the left.
    """

    text: str
    x: int
    y: int
    is_large: bool
    is_left: bool

    @property
    def text_x(self) -> int:
        return self.x - GAP if self.is_left else self.x + GAP


def names_of(view: View, places: Iterable[Place]) -> list[Name]:
    """Return names that do not overlap; the first places come first."""
    names: list[Name] = []
    taken: list[Area] = []
    for place in places:
        x, y = view.project(place.longitude, place.latitude)
        is_large = place.population >= LARGE
        width = GAP + _width(place.name, is_large)
        half = LARGE_SIZE * 0.6
        for is_left, left, right in ((False, x - GAP, x + width), (True, x - width, x + GAP)):
            area = (left, y - half, right, y + half)
            if _is_inside(area) and not any(_overlap(area, other) for other in taken):
                names.append(Name(place.name, round(x), round(y), is_large, is_left))
                taken.append(area)
                break
    return names


def _width(text: str, is_large: bool) -> float:
    """Estimate the width of a text in the image."""
    wide = 0 if text.isascii() else sum(east_asian_width(each) in "FW" for each in text)
    letters = (len(text) - wide) * LETTER_WIDTH + wide
    return letters * (LARGE_SIZE if is_large else FONT_SIZE)


def _is_inside(area: Area) -> bool:
    left, top, right, bottom = area
    return left >= 0 and top >= 0 and right <= WIDTH and bottom <= HEIGHT


def _overlap(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
