"""Which rooms certainly include the nearest ones."""

from math import hypot

from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.globe import Point
from rentomatic_postgres.sql.nearest import number_of_candidates, reach
from tests import strategies

ROUNDING = 1e-3  # metres


def degrees_apart(one: Point, other: Point) -> float:
    return hypot(one.longitude - other.longitude, one.latitude - other.latitude)


@given(near=strategies.points, other=strategies.points)
def test_no_place_outside_of_the_span_is_within_reach(near: Point, other: Point) -> None:
    span = degrees_apart(near, other)

    assert near.distance(other) >= reach(near, span) - ROUNDING


@given(
    near=strategies.points,
    turn=any_of.sampled_from([0, 1e-9, 1e-6, 1e-3, 0.1]),
    span=any_of.floats(0, 90),
)
def test_neither_is_a_place_across_the_antimeridian_or_a_pole(
    near: Point, turn: float, span: float
) -> None:
    across = Point(-near.longitude, near.latitude)
    pole = Point(near.longitude, 90.0 if near.latitude > 0 else -90.0)

    for other in (across, pole, Point(180.0 - turn, near.latitude), Point(turn - 180, 0)):
        if degrees_apart(near, other) >= span:
            assert near.distance(other) >= reach(near, span) - ROUNDING


def test_the_reach_is_that_of_a_meridian() -> None:
    equator, oslo = Point(10, 0), Point(10, 60)

    assert abs(reach(equator, 0.1) - 11119.5) < 5
    assert abs(reach(oslo, 0.1) / oslo.distance(Point(10.1, 60)) - 1) < 0.01
    assert reach(Point(179.99, 0), 1) < 1200


def test_there_are_more_candidates_where_meridians_converge() -> None:
    assert number_of_candidates(Point(0, 0), 100) == 126
    assert number_of_candidates(Point(0, 60), 100) == 251
    assert number_of_candidates(Point(0, 90), 100) == 1251
