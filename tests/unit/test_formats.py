"""Rooms in the format that a client asks for."""

import csv
import io
import json
from collections.abc import Iterator
from typing import NoReturn

import pytest
from flask.testing import FlaskClient

from rentomatic.domain.conditions import Filters
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from rentomatic.serializers.rooms import columns, room_to_dict
from tests.apps import client_of

PRICES = ["39", "48", "60", "66"]


@pytest.fixture
def client() -> FlaskClient:
    return client_of(MemoryRooms(EXAMPLE_ROOMS))


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("application/*", "application/json"),
        ("application/problem+json", "application/json"),
        ("application/json, application/problem+json", "application/json"),
        ("application/geo+json", "application/geo+json"),
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("text/*", "text/csv; charset=utf-8; header=present"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/json;q=0.5, text/csv", "text/csv; charset=utf-8; header=present"),
        ("application/json; charset=utf-8", "application/json"),
        ("APPLICATION/JSON ;Charset=UTF-8; q=1", "application/json"),
        ("text/csv; header=present", "text/csv; charset=utf-8; header=present"),
        ("text/csv;charset=utf-8;header=present", "text/csv; charset=utf-8; header=present"),
        ("text/csv;header=absent;q=0.3, application/geo+json;q=0.7", "application/geo+json"),
        ('application/x-ndjson;profile="a;b,c"', "application/x-ndjson"),
        ("application/json;indent=2;q=x", "application/json"),
        ("text/*;level=1", "text/csv; charset=utf-8; header=present"),
    ],
)
def test_the_client_gets_what_it_likes_best(
    client: FlaskClient, accept: str, media_type: str
) -> None:
    assert client.get("/rooms", headers={"Accept": accept}).content_type == media_type


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/rooms/export", "text/csv; header=present"),
        (f"/rooms/{EXAMPLE_ROOMS[0].code}", "text/html; charset=utf-8"),
        (f"/rooms/{EXAMPLE_ROOMS[0].code}", "application/json; charset=utf-8"),
        ("/nowhere", "text/html;level=1"),
        ("/nowhere", "application/problem+json; charset=utf-8"),
    ],
)
def test_parameters_of_a_media_range_never_make_a_format_unavailable(
    client: FlaskClient, path: str, accept: str
) -> None:
    answer = client.get(path, headers={"Accept": accept})

    assert answer.mimetype == accept.partition(";")[0]


@pytest.mark.parametrize(
    ("path", "accept"), [("/rooms", "text/html"), ("/rooms/export", "application/json")]
)
def test_what_cannot_be_had_is_refused_with_what_can(
    client: FlaskClient, path: str, accept: str
) -> None:
    answer = client.get(path, headers={"Accept": accept})

    assert answer.status_code == 406
    assert answer.content_type == "application/json"
    assert "text/csv, application/x-ndjson" in answer.text.replace("\\", "")


@pytest.mark.parametrize("suffix", ["csv", "geojson", "json", "ndjson"])
def test_a_suffix_wins_over_the_accept_field(client: FlaskClient, suffix: str) -> None:
    answer = client.get(f"/rooms.{suffix}?limit=2", headers={"Accept": "text/html"})

    assert answer.status_code == 200
    assert suffix in answer.content_type.replace("+", "")
    assert f"/rooms.{suffix}?limit=2&cursor=" in answer.headers["Link"]


@pytest.mark.parametrize("path", ["/rooms.xml", "/rooms.", "/rooms/export.json"])
def test_an_unknown_suffix_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_geojson_is_a_collection_of_points(client: FlaskClient) -> None:
    collection = json.loads(client.get("/rooms.geojson?limit=1").text)

    assert collection["type"] == "FeatureCollection"
    (feature,) = collection["features"]
    assert feature["id"] == EXAMPLE_ROOMS[0].code
    assert feature["geometry"] == {"type": "Point", "coordinates": [-0.09998975, 51.75436293]}
    assert feature["properties"] == {"size": 215, "price": 39}


def test_csv_is_a_table_in_which_no_number_is_quoted(client: FlaskClient) -> None:
    text = client.get("/rooms.csv").text

    assert [row["price"] for row in csv.DictReader(io.StringIO(text))] == PRICES
    assert text.splitlines()[0] == ",".join(columns(None))
    assert ",-0.09998975" in text


def test_ndjson_is_an_object_on_each_line(client: FlaskClient) -> None:
    lines = client.get("/rooms.ndjson").text.splitlines()

    assert json.loads(lines[0]) == room_to_dict(EXAMPLE_ROOMS[0])
    assert len(lines) == 4


@pytest.mark.parametrize("name", ["csv", "ndjson"])
def test_an_export_has_every_room_that_meets_the_filters(client: FlaskClient, name: str) -> None:
    text = client.get(f"/rooms/export.{name}?filter_price__lt=66").text

    assert [room.code in text for room in EXAMPLE_ROOMS] == [True, False, True, True]


def test_an_export_is_csv_unless_something_else_is_asked_for(client: FlaskClient) -> None:
    assert client.get("/rooms/export").text == client.get("/rooms/export.csv").text
    ndjson = client.get("/rooms/export", headers={"Accept": "application/x-ndjson"})
    assert ndjson.text == client.get("/rooms/export.ndjson").text


@pytest.mark.parametrize("query", ["limit=5", "sort=price", "cursor=x", "count=exact", "x=1"])
def test_an_export_takes_filters_alone(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/rooms/export?{query}")

    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.text


def test_an_export_of_too_many_rooms_names_the_command_without_a_limit() -> None:
    client = client_of(MemoryRooms(EXAMPLE_ROOMS), RENTOMATIC_EXPORT_LIMIT="3")

    assert client.get("/rooms/export?filter_price__lt=66").status_code == 200
    answer = client.get("/rooms/export")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["type"] == "ParametersError"
    assert "`rentomatic rooms export`" in answer.json["message"]


def test_an_export_that_fails_at_once_is_an_ordinary_failure() -> None:
    class AwayRooms(MemoryRooms):
        def scan(self, filters: Filters = ()) -> Iterator[Room]:
            return fail(filters)

    def fail(_: object) -> NoReturn:
        raise RepositoryUnavailable

    assert client_of(AwayRooms()).get("/rooms/export").status_code == 503
