"""Approximate positions: visitors never find a door, and editors never lose one."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Filter
from rentomatic.domain.globe import Point
from rentomatic.domain.operators import Operator
from rentomatic.domain.positions import SecretGrid
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Role
from rentomatic.errors import InvalidRequest, RoomChanged, RoomConflict
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic.repository.positions import PositionedRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport
from rentomatic.use_cases.positions import (
    Progress,
    count_misplaced,
    has_other_key,
    place_rooms,
)
from tests.apps import app_of, token_for
from tests.rooms import full_room, room

KEY = "k" * 32
GRID = SecretGrid(KEY)
SETTINGS = {"RENTOMATIC_POSITIONS": "approximate", "RENTOMATIC_POSITIONS_KEY": KEY}
ADDRESS = {"street": "Floriańska 3", "postcode": "31-019", "locality": "Kraków"}
STORED = full_room(1, address=ADDRESS)
SHOWN = GRID.seen_by_visitors(STORED)
PATH = f"/rooms/{STORED.code}"


@pytest.fixture
def editors(rooms: RoomRepository) -> RoomRepository:
    return PositionedRooms(rooms, GRID, for_editors=True)


@pytest.fixture
def visitors(rooms: RoomRepository) -> RoomRepository:
    return PositionedRooms(rooms, GRID, for_editors=False)


def far_doors_of_cell(room: Room) -> tuple[Point, Point]:
    """Return two points that are far from each other and in the cell of the room."""
    steps = [step / 5000 for step in range(-15, 16)]
    points = [Point(room.longitude + x, room.latitude + y) for x in steps for y in steps]
    shown = GRID.shown(room.code, room)
    in_cell = [point for point in points if GRID.shown(room.code, point) == shown]
    return min(in_cell, key=sum), max(in_cell, key=sum)


def test_editors_and_visitors_see_the_same_room_at_two_points(
    editors: RoomRepository, visitors: RoomRepository
) -> None:
    editors.add(STORED)

    assert editors.get(STORED.code) == STORED
    assert visitors.get(STORED.code) == SHOWN
    assert visitors.search(Query()) == [SHOWN]
    assert list(visitors.scan()) == [SHOWN]
    assert list(editors.scan()) == [STORED]
    assert editors.get(STORED.code).updated == visitors.get(STORED.code).updated
    assert "door" not in visitors.used_fields()
    with pytest.raises(RoomConflict):
        editors.add(STORED)


def test_a_changed_door_is_saved(editors: RoomRepository, visitors: RoomRepository) -> None:
    editors.add(STORED)
    moved = full_room(1, longitude=-3.5, address={"street": "Calle 1"})

    assert editors.replace(STORED, moved) == moved
    assert editors.get(STORED.code) == moved
    assert visitors.get(STORED.code) == GRID.seen_by_visitors(moved)
    assert editors.put([STORED]) == ImportReport(updated=1)
    assert editors.put([STORED], dry_run=True) == ImportReport(unchanged=1)
    assert editors.get(STORED.code) == STORED


def test_a_room_that_was_changed_meanwhile_is_not_replaced(editors: RoomRepository) -> None:
    editors.add(STORED)
    old = full_room(1, price=7)

    with pytest.raises(RoomChanged):
        editors.replace(old, STORED)
    with pytest.raises(RoomChanged):
        editors.remove(old)
    editors.remove(STORED)
    assert editors.count() == 0


def test_a_withdrawn_room_is_remembered_at_its_shown_point(
    rooms: RoomRepository, editors: RoomRepository, visitors: RoomRepository
) -> None:
    rooms.add(STORED)  # with exact positions
    rooms.remove(STORED)
    gone = visitors.find_withdrawn(STORED.code)
    assert gone
    assert gone[1:3] == (SHOWN.longitude, SHOWN.latitude)

    editors.add(full_room(2))
    editors.remove(full_room(2))
    again = visitors.find_withdrawn(full_room(2).code)
    assert again
    assert again[1:3] == GRID.shown(full_room(2).code, full_room(2))
    assert visitors.find_withdrawn(full_room(3).code) is None


# Round trips. A client that has seen the room in a list, an export or a feed knows its shown
# point only, and may send that.


@pytest.mark.parametrize("write", ["replace", "put"])
def test_a_room_of_a_list_keeps_its_door(
    editors: RoomRepository, visitors: RoomRepository, write: str
) -> None:
    editors.add(STORED)
    seen = visitors.search(Query())[0].changed(price=99)

    if write == "put":
        editors.put([*map(full_room, range(2, 5)), seen])
    else:
        assert editors.replace(STORED, seen) == STORED.changed(price=99)

    assert editors.get(STORED.code) == STORED.changed(price=99)
    assert visitors.get(STORED.code) == SHOWN.changed(price=99)


def test_visitors_cannot_lose_a_door_either(
    editors: RoomRepository, visitors: RoomRepository
) -> None:
    """Code that writes with the rooms of visitors keeps the doors, too."""
    editors.add(STORED)

    assert visitors.replace(SHOWN, SHOWN.changed(price=1)) == SHOWN.changed(price=1)
    assert editors.get(STORED.code) == STORED.changed(price=1)
    visitors.remove(SHOWN.changed(price=1))
    assert visitors.count() == 0


class World:
    """One room, as editors, visitors, and a server without the setting see it."""

    def __init__(self) -> None:
        self.rooms = MemoryRooms()
        self.editors = PositionedRooms(self.rooms, GRID, for_editors=True)
        self.visitors = PositionedRooms(self.rooms, GRID, for_editors=False)
        self.plain = PositionedRooms(self.rooms, None, for_editors=True)
        self.editors.add(STORED)

    def seen(self, source: RoomRepository, price: int) -> Room:
        return source.get(STORED.code).changed(price=price)

    def replace(self, target: RoomRepository, new: Room) -> None:
        target.replace(target.get(STORED.code), new)


STEPS: tuple[Callable[[World, int], object], ...] = (
    lambda world, price: world.replace(world.editors, world.seen(world.visitors, price)),
    lambda world, price: world.replace(world.editors, world.seen(world.editors, price)),
    lambda world, price: world.replace(world.plain, world.seen(world.plain, price)),
    lambda world, price: world.editors.put([world.seen(world.visitors, price)]),
    lambda world, price: world.editors.put([world.seen(world.editors, price)]),
    lambda world, price: world.plain.put([world.seen(world.editors, price)]),
)
PLACES = (GRID, None)


@given(any_of.lists(any_of.sampled_from((*STEPS, *PLACES)), max_size=12))
def test_no_round_trips_lose_the_door(steps: list[Any]) -> None:
    world, price = World(), STORED.price
    for step in steps:
        if step in PLACES:
            list(place_rooms(world.rooms, step))
        else:
            price += 1
            step(world, price)
        assert world.editors.get(STORED.code) == STORED.changed(price=price)
        assert world.visitors.get(STORED.code) == SHOWN.changed(price=price)


# Rooms that were stored with another setting.


def test_rooms_are_placed_as_the_setting_says_and_back(rooms: RoomRepository) -> None:
    given_rooms = [full_room(number) for number in range(4)]
    rooms.put(given_rooms)
    assert (count_misplaced(rooms, GRID), count_misplaced(rooms, None)) == (4, 0)

    assert list(place_rooms(rooms, GRID)) == [Progress(4, 4)]
    assert sorted(rooms.scan(), key=lambda each: each.code) == [*map(GRID.hidden, given_rooms)]
    assert (count_misplaced(rooms, GRID), count_misplaced(rooms, None)) == (0, 4)
    assert list(place_rooms(rooms, GRID)) == [Progress(4, 0)]

    assert list(place_rooms(rooms, None)) == [Progress(4, 4)]
    assert sorted(rooms.scan(), key=lambda each: each.code) == given_rooms
    assert list(place_rooms(MemoryRooms(), GRID)) == []


def test_another_key_is_used_only_if_it_is_allowed(rooms: RoomRepository) -> None:
    other = SecretGrid("o" * 32)
    list(place_rooms(rooms, GRID))
    rooms.put([GRID.hidden(STORED)])
    assert (has_other_key(rooms, GRID), has_other_key(rooms, other)) == (False, True)

    with pytest.raises(InvalidRequest, match="RENTOMATIC_POSITIONS_KEY: differs from the key"):
        list(place_rooms(rooms, other))
    assert list(place_rooms(rooms, other, new_key=True)) == [Progress(1, 1)]
    assert rooms.get(STORED.code) == other.hidden(STORED)


def test_rooms_of_another_setting_can_be_read_and_changed(
    rooms: RoomRepository, editors: RoomRepository, visitors: RoomRepository
) -> None:
    rooms.put([STORED, full_room(2)])
    assert visitors.get(STORED.code) == SHOWN
    assert visitors.search(Query(limit=1)) == [SHOWN]

    editors.replace(STORED, STORED.changed(price=1))
    assert rooms.get(STORED.code) == GRID.hidden(STORED.changed(price=1))
    editors.remove(full_room(2))
    assert rooms.count() == 1

    exact = PositionedRooms(rooms, None, for_editors=False)
    assert exact.search(Query()) == [STORED.changed(price=1)]
    exact.replace(STORED.changed(price=1), STORED)
    assert rooms.get(STORED.code) == STORED


# Over HTTP.


@pytest.fixture
def tokens() -> MemoryTokens:
    return MemoryTokens()


@pytest.fixture
def editor(tokens: MemoryTokens) -> dict[str, str]:
    return {"Authorization": token_for(tokens, Role.EDITOR)}


def client_of(rooms: RoomRepository, tokens: MemoryTokens) -> FlaskClient:
    return app_of(rooms, tokens, **SETTINGS).test_client()


def requests(door: Point, shown: Point) -> Iterator[str]:
    """Yield all kinds of requests of visitors, around the door and around the shown point."""
    for point in (door, shown, Point(door.longitude + 0.003, door.latitude - 0.001)):
        yield from requests_near(point)
        yield from requests_in_boxes(point)
    for sort in ("longitude", "latitude", "-longitude", "code", "created", "price"):
        yield f"/rooms?sort={sort}&limit=1"
    for text in ("Floriańska", "florianska+3", "31-019", "Kraków", "sunny"):
        yield f"/rooms?q={text}&sort=relevance"
        yield f"/?q={text}"
    yield from (PATH, "/rooms", "/rooms/export.ndjson", "/", "/?sort=longitude")


def requests_near(point: Point) -> Iterator[str]:
    near = f"near_longitude={point.longitude}&near_latitude={point.latitude}"
    for metres in (1, 50, 100, 200, 300, 1000):
        yield f"/rooms?{near}&within={metres}&count=exact"
        yield f"/rooms/facets?{near}&within={metres}"
    for suffix in ("json", "csv", "geojson", "ndjson"):
        yield f"/rooms.{suffix}?{near}&sort=distance"
    yield f"/rooms?{near}&sort=-distance&limit=1"
    yield f"/rooms/export.csv?{near}"


def requests_in_boxes(point: Point) -> Iterator[str]:
    longitude, latitude = point
    for half in (0.0001, 0.001, 0.01):
        box = f"{longitude - half},{latitude - half},{longitude + half},{latitude + half}"
        yield f"/rooms?bbox={box}"
        yield f"/rooms/clusters?bbox={box}"
    for field, value in point._asdict().items():
        yield f"/rooms?filter_{field}__lt={value}"
        yield f"/rooms?filter_{field}__gte={value}&sort=-{field}"


def all_responses(client: FlaskClient, paths: list[str]) -> dict[str, tuple[str, str | None]]:
    responses = {}
    for path in paths:
        accept = "text/html" if path.startswith("/?") or path == "/" else "application/json, */*"
        response = client.get(path, headers={"Accept": accept})
        responses[path] = (response.text, response.headers.get("Link"))
    page = client.get(PATH, headers={"Accept": "text/html"})
    return responses | {"page": (page.text, None)}


def test_no_request_of_visitors_tells_one_door_of_a_cell_from_another(
    rooms: RoomRepository, editors: RoomRepository, tokens: MemoryTokens
) -> None:
    """Then no combination of requests can find it, by trilateration or otherwise."""
    first, last = far_doors_of_cell(STORED)
    assert first.distance(last) > 200
    others = [full_room(2, longitude=19.9401, latitude=50.0601), full_room(3, longitude=19.95)]
    editors.put([*others, STORED.changed(**first._asdict())])
    paths = list(requests(first, GRID.shown(STORED.code, first)))
    # Another application each time, because applications keep results for some seconds.
    before = all_responses(client_of(rooms, tokens), paths)

    editors.put([STORED.changed(**last._asdict(), address={"locality": "Kraków"})])
    after = all_responses(client_of(rooms, tokens), paths)

    assert editors.get(STORED.code).longitude == last.longitude
    for path, response in before.items():
        assert response == after[path], path
    assert json.loads(before["/rooms?q=Floriańska&sort=relevance"][0]) == []
    assert len(json.loads(before["/rooms?q=Kraków&sort=relevance"][0])) == 3


def test_trilateration_finds_the_shown_point(
    rooms: RoomRepository, editors: RoomRepository, tokens: MemoryTokens
) -> None:
    editors.add(STORED)
    client = client_of(rooms, tokens)
    for longitude, latitude in ((19.9, 50.0), (20.0, 50.1), (19.9, 50.1)):
        near = f"near_longitude={longitude}&near_latitude={latitude}"
        (found,) = client.get(f"/rooms?{near}&sort=distance").get_json()
        distance = Point(longitude, latitude).distance(SHOWN)
        assert found["distance"] == pytest.approx(distance, abs=0.001)
        for metres, number in ((distance - 0.01, 0), (distance + 0.01, 1)):
            assert len(client.get(f"/rooms?{near}&within={metres}").get_json()) == number


def test_an_editor_gets_the_exact_room(
    rooms: RoomRepository, editors: RoomRepository, tokens: MemoryTokens, editor: dict[str, str]
) -> None:
    editors.add(STORED)
    client = client_of(rooms, tokens)

    exact, shown = client.get(PATH, headers=editor), client.get(PATH)

    assert (exact.get_json()["longitude"], exact.get_json()["address"]) == (19.94, ADDRESS)
    assert (shown.get_json()["longitude"], shown.get_json()["address"]) == (
        SHOWN.longitude, {"locality": "Kraków"},
    )  # fmt: skip
    assert exact.headers["Cache-Control"] == "no-store, no-transform"
    assert shown.headers["Cache-Control"].startswith("public")
    for response in (exact, shown):
        assert response.headers["Vary"] == "Accept, Authorization"
    assert exact.headers["ETag"] != shown.headers["ETag"]


def test_round_trips_over_http_keep_the_door(
    rooms: RoomRepository, editors: RoomRepository, tokens: MemoryTokens, editor: dict[str, str]
) -> None:
    editors.add(STORED)
    client = client_of(rooms, tokens)

    exact = client.get(PATH, headers=editor)
    match = editor | {"If-Match": exact.headers["ETag"]}
    put = client.put(PATH, json=exact.get_json() | {"price": 1}, headers=match)
    assert (put.status_code, put.get_json()) == (200, exact.get_json() | {"price": 1})

    # The ETag of the response is that of the next change.
    match = editor | {"If-Match": put.headers["ETag"]}
    (listed,) = client.get("/rooms").get_json()
    put = client.put(PATH, json=listed | {"price": 2}, headers=match)
    assert (put.status_code, put.get_json()) == (200, exact.get_json() | {"price": 2})
    patched = client.patch(PATH, json={"price": 3}, headers=editor)
    assert patched.get_json() == exact.get_json() | {"price": 3}
    for headers in (editor, {}):
        for suffix, media_type in (("csv", "text/csv"), ("ndjson", "application/x-ndjson")):
            file = client.get(f"/rooms/export.{suffix}", headers=headers).data
            report = client.post(
                "/rooms/import", data=file, content_type=media_type, headers=editor
            )
            assert report.get_json()["unchanged"] == 1, report.get_json()
    assert editors.get(STORED.code) == STORED.changed(price=3)


def test_an_export_has_the_doors_for_editors_only(
    rooms: RoomRepository, editors: RoomRepository, tokens: MemoryTokens, editor: dict[str, str]
) -> None:
    editors.add(STORED)
    client = client_of(rooms, tokens)

    exact = client.get("/rooms/export.csv", headers=editor)
    (row,) = csv.DictReader(io.StringIO(exact.text))
    assert (row["street"], row["longitude"]) == ("Floriańska 3", "19.94")
    assert exact.headers["Cache-Control"] == "no-store, no-transform"

    (row,) = csv.DictReader(io.StringIO(client.get("/rooms/export.csv").text))
    assert "street" not in row or not row["street"]
    assert row["longitude"] == str(SHOWN.longitude)


def test_an_importer_sees_what_visitors_see(
    rooms: RoomRepository, editors: RoomRepository, tokens: MemoryTokens
) -> None:
    editors.add(STORED)
    importer = {"Authorization": token_for(tokens, Role.IMPORTER)}

    response = client_of(rooms, tokens).get(PATH, headers=importer)

    assert response.get_json()["longitude"] == SHOWN.longitude
    assert response.headers["Cache-Control"].startswith("public")


def test_an_invalid_token_does_not_get_the_room_of_visitors(
    rooms: RoomRepository, editors: RoomRepository, tokens: MemoryTokens, editor: dict[str, str]
) -> None:
    editors.add(STORED)
    wrong = {"Authorization": f"{editor['Authorization']}x"}

    response = client_of(rooms, tokens).get(PATH, headers=wrong)

    assert (response.status_code, response.get_json()["code"]) == (401, "unauthorized")


def test_filters_on_the_door_are_unknown(rooms: RoomRepository, tokens: MemoryTokens) -> None:
    client = client_of(rooms, tokens)

    for path in ("/rooms?filter_door=1", "/rooms?filter_door__unknown=1", "/rooms?sort=door"):
        assert client.get(path).status_code == 400
    assert rooms.count((Filter("door", Operator.UNKNOWN, None),)) == 0


def test_a_door_is_no_member_of_a_body(
    rooms: RoomRepository, tokens: MemoryTokens, editor: dict[str, str]
) -> None:
    members = {"size": 20, "price": 50, "longitude": 19.94, "latitude": 50.06, "door": {}}

    response = client_of(rooms, tokens).post("/rooms", json=members, headers=editor)

    assert response.get_json()["errors"] == [
        {"parameter": "door", "message": "is not a member of a room"}
    ]
    assert rooms.search(Query()) == []
    assert room().door is None
