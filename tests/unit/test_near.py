"""A point in a search, as a client of the API meets it."""

import csv
import json

import pytest
from flask.testing import FlaskClient

from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from tests.apps import client_of

NEAR = "near_longitude=0.18&near_latitude=51.75"
METRES = [428.945, 19279.713, 32968.650, 40527.813]  # by the haversine formula


@pytest.fixture
def client() -> FlaskClient:
    return client_of(MemoryRooms(EXAMPLE_ROOMS))


def problems(client: FlaskClient, path: str) -> list[tuple[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.json is not None
    return [(each["parameter"], each["message"]) for each in answer.json["errors"]]


def test_rooms_come_from_the_nearest_on(client: FlaskClient) -> None:
    found = client.get(f"/rooms?{NEAR}&sort=distance").json or []
    back = client.get(f"/rooms?{NEAR}&sort=-distance").json or []

    assert [each["distance"] for each in found] == pytest.approx(METRES, abs=0.001)
    assert list(found[0]) == ["code", "size", "price", "latitude", "longitude", "distance"]
    assert back == found[::-1]


def test_a_point_tells_distances_in_any_order(client: FlaskClient) -> None:
    found = client.get(f"/rooms?{NEAR}").json or []

    assert [each["price"] for each in found] == [39, 48, 60, 66]
    assert sorted(each["distance"] for each in found) == pytest.approx(METRES, abs=0.001)


def test_without_a_point_there_is_no_distance(client: FlaskClient) -> None:
    assert "distance" not in client.get("/rooms").text


def test_every_format_has_the_distance(client: FlaskClient) -> None:
    path = f"?{NEAR}&sort=distance&limit=1"
    geojson = json.loads(client.get(f"/rooms.geojson{path}").text)
    ndjson = json.loads(client.get(f"/rooms.ndjson{path}").text)
    (row,) = csv.DictReader(client.get(f"/rooms.csv{path}").text.splitlines())

    assert geojson["features"][0]["properties"]["distance"] == pytest.approx(METRES[0], abs=0.001)
    assert ndjson["distance"] == pytest.approx(METRES[0], abs=0.001)
    assert float(row["distance"]) == pytest.approx(METRES[0], abs=0.001)


@pytest.mark.parametrize(
    "path", ["/rooms?count=exact&", "/rooms/export.ndjson?", "/rooms.ndjson?"]
)
def test_a_circle_bounds_every_answer(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{path}{NEAR}&within=20000")

    assert answer.text.count('"distance"') == 2


def test_facets_say_what_the_circle_costs(client: FlaskClient) -> None:
    answer = client.get(f"/rooms/facets?{NEAR}&within=1000")

    assert answer.json is not None
    assert answer.json["count"] == 1
    assert answer.json["without"] == {}


def test_clusters_keep_to_the_circle(client: FlaskClient) -> None:
    answer = client.get(f"/rooms/clusters?bbox=-180,-90,180,90&{NEAR}&within=1000")

    assert answer.json is not None
    assert [each["count"] for each in answer.json["clusters"]] == [1]


@pytest.mark.parametrize("path", ["/rooms", "/rooms/facets", "/rooms/clusters", "/rooms/export"])
@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("near_longitude=1", "near_latitude", "is missing"),
        ("near_latitude=1&within=5", "near_longitude", "is missing"),
        ("within=5", "within", "needs place, or near_longitude and near_latitude"),
        ("near_longitude=181&near_latitude=1", "near_longitude", "must be from -180 to 180"),
        ("near_longitude=1&near_latitude=-91", "near_latitude", "must be from -90 to 90"),
        ("near_longitude=NaN&near_latitude=1", "near_longitude", "must be a finite number"),
        ("near_longitude=&near_latitude=1", "near_longitude", "must be a finite number"),
        (f"{NEAR}&within=-1", "within", "must not be less than 0"),
        (f"{NEAR}&within=1e400", "within", "must be a finite number"),
        (f"{NEAR}&within=5km", "within", "must be a finite number"),
        (f"{NEAR}&near_latitude=5", "near_latitude", "is given more than once"),
    ],
)
def test_half_a_point_and_other_nonsense_is_named(
    client: FlaskClient, path: str, query: str, parameter: str, message: str
) -> None:
    box = "bbox=0,0,1,1&" if path == "/rooms/clusters" else ""
    accept = {"Accept": "text/csv, application/json"}
    assert client.get(f"{path}?{box}{query}", headers=accept).status_code == 400
    assert problems(client, f"{path}?{box}{query}") == [(parameter, message)]


def test_distance_needs_a_point(client: FlaskClient) -> None:
    assert problems(client, "/rooms?sort=-distance") == [
        ("sort", "needs place, or near_longitude and near_latitude")
    ]
    assert problems(client, "/rooms?sort=distance&near_latitude=1") == [
        ("near_longitude", "is missing")
    ]


def test_a_cursor_belongs_to_its_point(client: FlaskClient) -> None:
    answer = client.get(f"/rooms?{NEAR}&sort=distance&limit=2")
    following = answer.headers["Link"].split("<")[2].split(">")[0]
    moved = following.replace("near_latitude=51.75", "near_latitude=51.76")

    assert [each["price"] for each in client.get(following).json or []] == [60, 48]
    assert problems(client, moved) == [
        ("cursor", "belongs to a search with other filters or another order")
    ]
