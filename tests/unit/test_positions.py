"""The points where visitors see rooms instead of their doors."""

from math import isclose
from statistics import fmean

from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.globe import Point
from rentomatic.domain.positions import SecretGrid, restored, revealed
from rentomatic.domain.room import Room
from tests.rooms import full_room, room
from tests.strategies import rooms

KEY = "k" * 32
GRID = SecretGrid(KEY)

near_pole = any_of.floats(0, 0.01).map(lambda degrees: 90 - degrees)
latitudes = any_of.floats(-90, 90) | near_pole | near_pole.map(lambda degrees: -degrees)
longitudes = any_of.floats(-180, 180) | any_of.sampled_from([-180.0, 180.0, 179.9999999])
points = any_of.builds(Point, longitudes, latitudes)
codes = any_of.uuids().map(str)


def codes_of(number: int) -> list[str]:
    return [room(each).code for each in range(number)]


@given(codes, points)
def test_a_room_is_shown_at_most_300_metres_from_its_door(code: str, door: Point) -> None:
    shown = GRID.shown(code, door)

    assert door.distance(shown) <= 300
    assert -180 <= shown.longitude <= 180
    assert -90 <= shown.latitude <= 90


@given(codes, points)
def test_the_shown_point_of_a_shown_point_is_itself(code: str, door: Point) -> None:
    shown = GRID.shown(code, door)

    assert GRID.shown(code, shown) == shown


@given(codes)
def test_a_place_with_two_longitudes_has_one_shown_point(code: str) -> None:
    assert GRID.shown(code, Point(180, 7)) == GRID.shown(code, Point(-180, 7))
    assert GRID.shown(code, Point(33, 90)) == GRID.shown(code, Point(-120, 90))


def test_shown_points_are_stable_for_ever() -> None:
    assert GRID.shown(room(1).code, room(1)) == Point(19.939553, 50.060971)
    assert GRID.shown(room(2).code, room(2)) == Point(19.939259, 50.0609)


def test_another_key_shows_other_points() -> None:
    others = SecretGrid("o" * 32)

    assert not any(GRID.shown(each, room()) == others.shown(each, room()) for each in codes_of(9))


def test_rooms_behind_one_door_show_its_cell_and_no_more() -> None:
    """The doors in a cell have the same shown points, which are all over the cell."""
    (west, south), (east, north) = (
        [choose(GRID.shown(each, room())[axis] for each in codes_of(300)) for axis in (0, 1)]
        for choose in (min, max)
    )
    middle = Point(room().longitude, room().latitude)
    doors = [Point(west, south), Point(east, north), Point(west, north), middle]

    for each in codes_of(20):
        assert len({GRID.shown(each, door) for door in doors}) == 1
    assert doors[0].distance(Point(east, south)) > 150
    mean = fmean(GRID.shown(each, room()).longitude for each in codes_of(300))
    assert isclose(mean, (west + east) / 2, abs_tol=(east - west) / 10)


def test_a_hidden_room_has_neither_street_nor_postcode() -> None:
    hidden = GRID.hidden(full_room())
    address = {"region": "Małopolska", "country": "PL", "locality": "Kraków"}

    assert hidden.address == address
    assert hidden.door == {
        "street": "Rynek 1", "postcode": "31-042", "latitude": 50.06, "longitude": 19.94,
    }  # fmt: skip
    assert hidden.without_door() == GRID.seen_by_visitors(hidden)
    assert "door" not in vars(GRID.seen_by_visitors(hidden))
    assert (hidden.title, hidden.photos, hidden.url) == (
        full_room().title, full_room().photos, full_room().url,
    )  # fmt: skip


def test_an_address_of_a_street_alone_is_hidden_completely() -> None:
    assert GRID.hidden(room(address={"street": "Rynek 1"})).address is None


def test_a_room_that_is_stored_with_its_position_is_hidden_from_visitors() -> None:
    assert GRID.seen_by_visitors(full_room()) == GRID.hidden(full_room()).without_door()


@given(rooms)
def test_the_hidden_room_is_revealed(hidden: Room) -> None:
    found = revealed(GRID.hidden(hidden))

    assert found == hidden
    assert list(vars(found)) == list(vars(hidden))
    assert list((found.address or {}).items()) == list((hidden.address or {}).items())


@given(rooms)
def test_a_room_as_visitors_see_it_gets_its_door_back(hidden: Room) -> None:
    stored = GRID.hidden(hidden)

    assert restored(GRID.seen_by_visitors(stored), stored) == hidden


def test_what_a_client_says_of_the_address_is_kept() -> None:
    stored = GRID.hidden(full_room())
    given_address = {"street": "Rynek 2", "locality": "Cracow"}
    seen = GRID.seen_by_visitors(stored).changed(address=given_address)

    assert restored(seen, stored).address == given_address | {"postcode": "31-042"}
