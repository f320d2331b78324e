"""The map without scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentomatic.domain.conditions import Box
from rentomatic_web.pages.map.view import HEIGHT, MAX_LATITUDE, WIDTH, box_of, grid, view_of
from tests.rooms import room

NEAR = 1e-6  # degrees
latitudes = st.floats(-MAX_LATITUDE, MAX_LATITUDE)
longitudes = st.floats(-180, 180)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    south, north = sorted((draw(latitudes), draw(latitudes)))
    return Box(draw(longitudes), south, draw(longitudes), north)


def turns(longitude: float, west: float) -> float:
    """Return how many degrees to the east of `west` a longitude is."""
    return (longitude - west + NEAR) % 360 - NEAR


@given(boxes())
def test_a_view_shows_the_whole_box(box: Box) -> None:
    seen = view_of(box).box()

    if view_of(box).width < 1:
        assert turns(box.west, seen.west) <= turns(box.east, seen.west) + NEAR
        assert turns(box.east, seen.west) <= turns(seen.east, seen.west) + NEAR
    if view_of(box).width < 1 or box.east - box.west > 359:
        assert seen.south <= box.south + NEAR
        assert seen.north >= box.north - NEAR


@given(boxes())
def test_the_corners_of_what_is_seen_are_the_corners_of_the_picture(box: Box) -> None:
    view = view_of(box)
    west, south, east, north = view.box()
    middle = view.project(view.x * 360, 0)[0]

    assert middle == pytest.approx(WIDTH / 2, abs=0.01)
    if 1e-3 < view.width < 0.99 and abs(south) < MAX_LATITUDE and abs(north) < MAX_LATITUDE:
        assert view.project(west, north) == pytest.approx((0, 0), abs=0.01)
        assert view.project(east, south) == pytest.approx((WIDTH, HEIGHT), abs=0.01)


@given(boxes(), st.floats(0, 1), st.floats(0, 1))
def test_what_is_in_the_box_is_in_the_picture(box: Box, right: float, up: float) -> None:
    view = view_of(box)
    across = (box.east - box.west) % 360 if box.west > box.east else box.east - box.west
    longitude = (box.west + right * across + 180) % 360 - 180
    latitude = box.south + up * (box.north - box.south)
    x, y = view.project(longitude, latitude)

    if view.width < 1:
        assert -0.1 <= x <= WIDTH + 0.1
        assert -0.1 <= y <= HEIGHT + 0.1


def test_a_box_over_the_antimeridian_is_seen_from_west_to_east() -> None:
    view = view_of(Box(170, -10, -170, 10))

    assert view.box().west == pytest.approx(166.6, abs=0.1)
    assert view.box().east == pytest.approx(-166.6, abs=0.1)
    assert view.project(180, 0) == pytest.approx((WIDTH / 2, HEIGHT / 2))
    assert view.project(-175, 0)[0] > WIDTH / 2 > view.project(175, 0)[0]


def test_the_world_is_the_widest_view() -> None:
    view = view_of(Box(-180, -90, 180, 90))

    assert view.zoomed(2) == view
    assert (view.box().west, view.box().east) == (-180, 180)


def test_a_view_moves_by_its_own_width_and_height() -> None:
    view = view_of(Box(0, 0, 4, 3))

    assert view.moved(1, 0).box().west == pytest.approx(view.box().east)
    assert view.moved(0, 1).box().south == pytest.approx(view.box().north)
    assert view.zoomed(0.5).box().west == pytest.approx(view.box().west + 1, abs=0.01)
    assert view_of(Box(170, 0, 178, 6)).moved(1, 0).box().east == pytest.approx(-174, abs=0.1)


@given(boxes())
def test_a_view_never_leaves_the_plane(box: Box) -> None:
    view = view_of(box)
    for _ in range(3):
        view = view.moved(1, 1).zoomed(2)

    assert -90 <= view.box().south <= view.box().north <= 90
    assert -180 <= view.box().west <= 180


@pytest.mark.parametrize(
    ("box", "meridians", "parallels"),
    [
        (Box(-0.2, 51.4, 0.2, 51.6), ["0.2°W", "0.1°W", "0.0°", "0.1°E", "0.2°E"], "51.5°N"),
        (Box(174, -6, -174, 6), ["175°E", "180°W", "175°W"], "0°"),
        (Box(10, -0.00015, 10.0004, 0.00015), ["10.0001°E", "10.0002°E"], "0.0001°S"),
    ],
)
def test_lines_are_named_by_round_degrees(box: Box, meridians: list[str], parallels: str) -> None:
    across, down = grid(view_of(box))

    assert set(meridians) <= {name for _, name in across}
    assert parallels in [name for _, name in down]


@given(boxes())
def test_there_are_neither_no_lines_nor_too_many(box: Box) -> None:
    across, down = grid(view_of(box))

    assert 2 <= len(across) <= 8
    assert len(down) <= 20
    assert len({name for _, name in across} - {"180°W"}) >= len(across) - 2


def test_the_box_of_rooms_holds_them_and_some_room_around() -> None:
    box = box_of([room(1, longitude=1, latitude=2), room(2, longitude=3, latitude=3)])

    assert tuple(box) == pytest.approx((0.8, 1.8, 3.2, 3.2))
    assert box_of([]) == (-180, -MAX_LATITUDE, 180, MAX_LATITUDE)


def test_the_box_of_rooms_crosses_the_antimeridian_where_that_is_narrower() -> None:
    box = box_of([room(1, longitude=179, latitude=-17), room(2, longitude=-178, latitude=-16)])

    assert tuple(box) == pytest.approx((178.7, -17.3, -177.7, -15.7))
    assert view_of(box).width * 360 < 5


@given(st.lists(st.tuples(longitudes, st.floats(-90, 90)), min_size=1, max_size=5))
def test_the_box_of_rooms_holds_every_room(places: list[tuple[float, float]]) -> None:
    box = box_of([room(n, longitude=x, latitude=y) for n, (x, y) in enumerate(places)])

    assert box.south < box.north
    for longitude, latitude in places:
        assert turns(longitude, box.west) <= (box.east - box.west) % 360 + NEAR or (
            box.east - box.west == 360
        )
        assert box.south <= min(max(latitude, -MAX_LATITUDE), MAX_LATITUDE) <= box.north
