"""Distances that are known from elsewhere, and what holds of any two points."""

from math import pi

import pytest
from hypothesis import given

from rentomatic.domain.globe import EARTH_RADIUS, Point, chord
from tests import strategies

DEGREE = EARTH_RADIUS * pi / 180


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (Point(0, 0), Point(0, 0), 0),
        (Point(0, 0), Point(1, 0), DEGREE),
        (Point(7, 3), Point(7, -4), 7 * DEGREE),
        (Point(0, 60), Point(180, 60), 60 * DEGREE),
        (Point(0, 0), Point(180, 0), 180 * DEGREE),
        (Point(12, 90), Point(-77, 90), 0),
        (Point(12, -90), Point(-77, -90), 0),
        (Point(180, 33), Point(-180, 33), 0),
        (Point(0, 90), Point(0, -90), 180 * DEGREE),
        # Nashville and Los Angeles, the usual example, on a sphere of this radius
        (Point(-86.67, 36.12), Point(-118.40, 33.94), 2886448.4),
    ],
)
def test_a_distance_is_the_great_circle(one: Point, other: Point, metres: float) -> None:
    assert one.distance(other) == pytest.approx(metres, abs=0.2)
    assert other.distance(one) == one.distance(other)


def test_metres_apart_are_told_apart() -> None:
    assert Point(19.94, 50.06).distance(Point(19.94, 50.060001)) == pytest.approx(0.1112, abs=1e-4)


@given(strategies.points, strategies.points)
def test_nothing_is_further_than_half_way_round(one: Point, other: Point) -> None:
    assert 0 <= one.distance(other) <= 180 * DEGREE


@pytest.mark.parametrize(
    ("metres", "line"),
    [(0, 0), (60 * DEGREE, 1), (90 * DEGREE, 2**0.5), (180 * DEGREE, 3), (1e300, 3)],
)
def test_a_chord_lies_below_an_arc(metres: float, line: float) -> None:
    assert chord(metres) == pytest.approx(line)
